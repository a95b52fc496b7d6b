-- Writes the rows of coverage as the run kept them, of one month or ($month absent) of all.
-- Why: the map is read from a run, and added up as its reader asks.
SELECT *
FROM coverage
WHERE month = coalesce($month, month)
ORDER BY month, system, action, unit
