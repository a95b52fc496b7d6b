-- Writes, for each delivery that rows of the relation `delivered` name, how many do, where they stand and what they are numbered.
-- Rows whose origin was erased name no delivery and are left out.
SELECT source, delivery, count(*) AS rows, min("index") AS first, max("index") AS last, min(sequence), max(sequence)
FROM delivered
WHERE delivery IS NOT NULL AND "index" < $size
GROUP BY source, delivery
ORDER BY delivery, source
