-- Writes the times without accesses that are longer than $rhythm microseconds, in order; the delivery before ends at $last.
-- A source that falls silent is how a failed export is noticed where nothing is numbered.
WITH moments AS (
    SELECT DISTINCT occurred_at FROM heard WHERE occurred_at IS NOT NULL
    UNION
    SELECT CAST($last AS TIMESTAMP) WHERE CAST($last AS TIMESTAMP) < (SELECT min(occurred_at) FROM heard)
)
SELECT occurred_at AS after, following AS before
FROM (SELECT occurred_at, lead(occurred_at) OVER (ORDER BY occurred_at) AS following FROM moments) AS steps
WHERE epoch_us(following) - epoch_us(occurred_at) > $rhythm
ORDER BY after
