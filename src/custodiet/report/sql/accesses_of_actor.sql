-- Writes the accesses of one actor in a period, with their subjects, in the order of the ledger.
-- Why: who asks for all accesses of a person must be told of each of them.
SELECT access, subject
FROM access
WHERE actor = $actor AND occurred_at >= $since AND occurred_at < $until
ORDER BY access
