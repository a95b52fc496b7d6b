-- Writes the rows of coverage_kind as the run kept them, of one month or ($month absent) of all.
-- Why: a reader asks of one month or of all.
SELECT *
FROM coverage_kind
WHERE month = coalesce($month, month)
ORDER BY month, kind, source
