-- Writes look: each access of an episode that is unexplained or only weakly explained, or that a hard rule speaks of.
-- Why: these alone are evidence. What is explained speaks for the actor, and what else is pending does not speak yet.
SELECT
    part.finding,
    part.access,
    part.occurred_at,
    CAST(part.occurred_at AS DATE) AS day,
    part.actor,
    part.subject,
    access.subject_kind,
    part.state,
    access.system,
    access.channel,
    access.stated_purpose,
    access.purpose_code,
    access.quoted_reference,
    upper(regexp_replace(access.quoted_reference, '[^A-Za-z0-9]', '', 'g')) AS reference,
    state.strength,
    state.template
FROM episode_access AS part
JOIN access ON access.access = part.access
JOIN access_state AS state ON state.access = part.access
WHERE part.state IN ('unexplained', 'weak') OR part.access IN (SELECT urgent_access.access FROM urgent_access)
