-- Writes the stretches of running numbers that did not come, in order; the delivery before ends at $last.
-- A hole in a source's own numbering is how a missing export is noticed.
WITH numbers AS (
    SELECT DISTINCT sequence FROM heard WHERE sequence IS NOT NULL
    UNION
    SELECT $last WHERE $last < (SELECT min(sequence) FROM heard)
)
SELECT sequence + 1 AS first, following - 1 AS last
FROM (SELECT sequence, lead(sequence) OVER (ORDER BY sequence) AS following FROM numbers) AS steps
WHERE following > sequence + 1
ORDER BY first
