-- Writes how many accesses only the earlier, and only the later, of two runs knows, without what is walled.
-- Why: an access that one of the runs did not know has not changed; it is counted apart.
WITH only_one AS (
    SELECT
        coalesce(e.actor, l.actor) AS actor,
        coalesce(e.subject, l.subject) AS subject,
        l.access IS NULL AS is_earlier
    FROM earlier_access AS e
    FULL JOIN later_access AS l ON l.access = e.access
    WHERE e.access IS NULL OR l.access IS NULL
)

SELECT
    count(*) FILTER (WHERE is_earlier) AS earlier,
    count(*) FILTER (WHERE NOT is_earlier) AS later
FROM only_one AS o
WHERE NOT EXISTS (SELECT 1 FROM walled WHERE walled.side = 'actor' AND walled.id = o.actor)
    AND NOT EXISTS (SELECT 1 FROM walled WHERE walled.side = 'subject' AND walled.id = o.subject)
