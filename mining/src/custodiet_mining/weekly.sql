-- Writes, for each week of the residue, how many of its accesses there are and how many have an instance.
SELECT
  date_trunc('week', r.occurred_at)::DATE AS begins,
  count(*) AS residue,
  count(m.access) AS matched
FROM residue AS r
LEFT JOIN (SELECT DISTINCT access FROM instance) AS m ON m.access = r.access
GROUP BY begins
ORDER BY begins
