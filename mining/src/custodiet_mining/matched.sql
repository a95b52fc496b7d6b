-- Writes the accesses that have an instance, each with the strongest it has.
SELECT
  access,
  max(strength) AS strength
FROM instance
GROUP BY access
ORDER BY access
