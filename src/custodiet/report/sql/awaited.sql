-- Writes for how many pending accesses each kind and source is the one furthest behind of those awaited.
-- Why: "pending" is no answer unless it says for what.
SELECT awaits AS what, count(*) AS accesses
FROM access_state
WHERE state = 'pending'
GROUP BY awaits
ORDER BY awaits
