-- Writes how many accesses changed in each way, as far as the reader may see them.
-- Why: the kinds are disjoint, so these counts may be added.
SELECT change, count(*) AS accesses
FROM state_change_seen
GROUP BY change
ORDER BY change
