-- Writes the rows of one chunk that go into the ledger, in file order.
-- Duplicates are left out, and so is every part of a record that is in conflict; a further equal of its kind takes its own identity.
SELECT chunk.* REPLACE (coalesce(verdicts.identity, chunk.identity) AS identity)
FROM chunk
LEFT JOIN verdicts ON verdicts.position = chunk.position AND verdicts.part = chunk.part
WHERE
    (verdicts.verdict IS NULL OR verdicts.verdict = 'renamed')
    AND chunk.position NOT IN (SELECT position FROM verdicts WHERE verdict = 'conflict')
ORDER BY chunk.position, chunk.part
