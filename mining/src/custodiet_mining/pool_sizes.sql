-- Writes how many accesses of each family the pool holds: those of the residue that were sampled, and the fakes.
SELECT
  family,
  count(*) AS accesses
FROM pool
GROUP BY family
ORDER BY family
