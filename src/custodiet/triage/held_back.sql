-- Writes one number: how many findings that the reader may see are kept off the front of the queue by the limit per actor.
-- Why: a list that leaves something out says so. Only those count that would otherwise stand within the front's length.
WITH seen AS (
    SELECT finding.*
    FROM finding
    WHERE NOT EXISTS (SELECT 1 FROM walled WHERE walled.side = 'actor' AND walled.id = finding.actor)
        AND NOT EXISTS (SELECT 1 FROM walled WHERE walled.side = 'subject' AND walled.id = finding.subject)
),

placed AS (
    SELECT
        rank,
        row_number() OVER (PARTITION BY actor ORDER BY rank) AS of_actor
    FROM seen
),

front AS (
    SELECT rank FROM placed WHERE of_actor <= $per_actor ORDER BY rank LIMIT $size
)

SELECT count(*) AS held_back
FROM placed
WHERE of_actor > $per_actor AND rank < (SELECT max(front.rank) FROM front)
