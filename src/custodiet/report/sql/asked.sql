-- Writes for the findings in front (or the one named $finding) the look to ask about: the first that is not explained.
-- Why: what came nearest is told of one moment, and the same for every reader.
SELECT
    front_finding.finding AS name,
    front_finding.actor,
    front_finding.subject,
    min(access.subject_kind) AS subject_kind,
    coalesce(
        min(episode_access.occurred_at) FILTER (WHERE episode_access.state <> 'explained'), min(episode_access.occurred_at)
    ) AS at
FROM front_finding
JOIN episode_access ON episode_access.finding = front_finding.finding
JOIN access ON access.access = episode_access.access
WHERE front_finding.finding = coalesce($finding, front_finding.finding)
GROUP BY front_finding.finding, front_finding.actor, front_finding.subject
