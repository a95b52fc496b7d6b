-- Writes who works with whom: pairs of actors (the smaller first) with the weight of the subjects they have in common.
-- Reads `touch` (actor, subject) and `judged` (actor, subject), whose pairs do not count. The weight is a whole number of
-- billionths, so that its sum does not depend on the order of the rows. See custodiet.explain.groups.ties.
WITH counted AS (
    SELECT DISTINCT actor, subject FROM touch
    EXCEPT
    SELECT actor, subject FROM judged
),
shared AS (
    SELECT subject, count(*) AS actors
    FROM counted
    GROUP BY subject
    HAVING count(*) BETWEEN 2 AND $most_actors
),
incidence AS (
    SELECT c.actor, c.subject, 1000000000 // (s.actors * s.actors) AS weight
    FROM counted AS c
    JOIN shared AS s ON s.subject = c.subject
),
together AS (
    SELECT a.actor AS one, b.actor AS other, CAST(sum(a.weight) AS BIGINT) AS weight
    FROM incidence AS a
    JOIN incidence AS b ON b.subject = a.subject AND a.actor < b.actor
    GROUP BY a.actor, b.actor
    HAVING count(*) >= $least_subjects
),
seen_from_each AS (
    SELECT one AS actor, other AS colleague, weight FROM together
    UNION ALL
    SELECT other AS actor, one AS colleague, weight FROM together
),
strongest AS (
    SELECT actor, colleague, weight
    FROM seen_from_each
    QUALIFY row_number() OVER (PARTITION BY actor ORDER BY weight DESC, colleague) <= $most_colleagues
)
SELECT DISTINCT least(actor, colleague) AS one, greatest(actor, colleague) AS other, weight
FROM strongest
ORDER BY one, other
