-- Writes the running numbers in the stretches `gap`, which do not overlap, that stand in the ledger by now.
-- A late delivery fills the gap that an earlier one left.
SELECT DISTINCT d.source, d.sequence
FROM delivered AS d
ASOF JOIN gap AS g ON d.source = g.source AND d.sequence >= g.first
WHERE d.sequence <= g.last AND d."index" < $size
ORDER BY d.source, d.sequence
