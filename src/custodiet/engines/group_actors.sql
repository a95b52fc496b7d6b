-- Writes who had work explained from $start up to $until, each with a number, in the order of their names.
-- Reads `explained_access`.
SELECT actor, row_number() OVER (ORDER BY actor) AS number
FROM (
    SELECT DISTINCT actor FROM explained_access
    WHERE occurred_at >= $start AND occurred_at < $until
)
