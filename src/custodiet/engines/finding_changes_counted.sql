-- Writes how many findings changed in each way, as far as the reader may see them.
-- Why: the kinds are disjoint, so these counts may be added.
SELECT change, count(*) AS findings
FROM finding_change
GROUP BY change
ORDER BY change
