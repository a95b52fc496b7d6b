-- Writes how many findings there are in all.
-- Why: the front of a queue is no measure of its length.
SELECT count(*) AS findings
FROM finding
