-- Writes the accesses of one finding's episode in order of time, each with its state and strongest template.
-- Why: the reader of a finding checks it against the looks themselves.
SELECT
    access.access,
    access.occurred_at,
    access.system,
    access.action,
    access.channel,
    access.subject_kind,
    episode_access.state,
    access.stated_purpose,
    access.quoted_reference,
    access_state.template
FROM episode_access
JOIN access ON access.access = episode_access.access
JOIN access_state ON access_state.access = episode_access.access
WHERE episode_access.finding = $finding
ORDER BY access.occurred_at, access.access
