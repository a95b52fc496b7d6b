-- Writes how many accesses could be searched by actor and time: those from which neither was erased.
-- Why: a list is as complete as the search behind it, and the log says how many accesses there are.
SELECT count(*) AS accesses
FROM access
WHERE actor IS NOT NULL AND occurred_at IS NOT NULL
