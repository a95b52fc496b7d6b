-- Writes, for each gap, how many of its running numbers stand in the ledger by now.
-- A late delivery fills the gap that an earlier one left.
SELECT g.number, count(DISTINCT d.sequence) AS came
FROM gap AS g
LEFT JOIN delivered AS d ON d.source = g.source AND d.sequence BETWEEN g.first AND g.last AND d."index" < $size
GROUP BY g.number
ORDER BY g.number
