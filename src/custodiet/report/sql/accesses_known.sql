-- Writes how many accesses could be read.
-- Why: a list is as complete as the search behind it, and the log says how many accesses there are.
SELECT count(*) AS accesses
FROM access
