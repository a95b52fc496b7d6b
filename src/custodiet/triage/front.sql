-- Writes the rows of the front of the queue: the findings put before a person, at most so many of one actor.
-- Why: one busy trawler must not fill the list; what is held back for that keeps its place in the queue and is counted.
-- What the reader may not see is left out before ranks are given, so that no gap tells that something is there.
WITH seen AS (
    SELECT finding.*
    FROM finding
    WHERE NOT EXISTS (SELECT 1 FROM walled WHERE walled.side = 'actor' AND walled.id = finding.actor)
        AND NOT EXISTS (SELECT 1 FROM walled WHERE walled.side = 'subject' AND walled.id = finding.subject)
),

placed AS (
    SELECT
        seen.* EXCLUDE (rank),
        row_number() OVER (ORDER BY seen.rank) AS rank,
        row_number() OVER (PARTITION BY seen.actor ORDER BY seen.rank) AS of_actor
    FROM seen
),

front AS (
    SELECT placed.*
    FROM placed
    WHERE of_actor <= $per_actor
    ORDER BY rank
    LIMIT $size
),

used AS (
    SELECT front.finding, list(DISTINCT access.system ORDER BY access.system) AS systems
    FROM front
    JOIN episode_access ON episode_access.finding = front.finding
    JOIN access ON access.access = episode_access.access
    WHERE episode_access.state <> 'explained'
    GROUP BY front.finding
)

SELECT
    front.finding,
    front.rank,
    front.actor,
    front.subject,
    front.first_at,
    front.last_at,
    front.accesses,
    front.unexplained,
    used.systems
FROM front
JOIN used ON used.finding = front.finding
ORDER BY front.rank
