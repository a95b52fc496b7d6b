-- Writes the rows of a delivery whose identity occurs more than once in it, ranked in file order.
-- Few rows are ever repeated, so only these are put in order; all others keep the identity of rank 0.
SELECT
    chunk,
    position,
    part,
    identity,
    content,
    has_id,
    row_number() OVER (PARTITION BY identity ORDER BY position, part) - 1 AS ordinal,
    first_value(content) OVER (PARTITION BY identity ORDER BY position, part) AS first_content
FROM keys
WHERE identity IN (SELECT identity FROM keys GROUP BY identity HAVING count(*) > 1)
