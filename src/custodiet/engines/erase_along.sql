-- Writes the rows that were made of the same delivered records as those chosen, and were not chosen themselves.
-- Each row of a record holds the whole record's bytes, so they must go from all of them.
SELECT DISTINCT s."index"
FROM stored_rows AS s
JOIN chosen_rows AS c ON c.delivery = s.delivery AND c.position = s.position
WHERE s."index" NOT IN (SELECT chosen_rows."index" FROM chosen_rows)
ORDER BY 1
