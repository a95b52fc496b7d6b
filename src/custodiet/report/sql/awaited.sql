-- Writes for how many pending accesses each kind of fact is awaited.
-- Why: "pending" is no answer unless it says for what.
SELECT awaits AS kind, count(*) AS accesses
FROM access_state
WHERE state = 'pending'
GROUP BY awaits
ORDER BY awaits
