-- Writes one row: accesses, actors, subjects, first and last time, and episodes that are not explained.
-- Why: a figure needs its population and its period beside it.
SELECT
    count(*) AS accesses,
    count(DISTINCT access.actor) AS actors,
    count(DISTINCT access.subject) AS subjects,
    min(access.occurred_at) AS first_at,
    max(access.occurred_at) AS last_at,
    (SELECT count(*) FROM finding) AS episodes
FROM access
