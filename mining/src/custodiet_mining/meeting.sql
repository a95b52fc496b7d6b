-- Writes, for each pair of halves that make a path, how many accesses of each family have a key at which both meet.
-- A path of n steps is cut after n // 2 of them: the half from the subject is as long as the other, or one step longer.
SELECT
  a.half AS first,
  s.half AS second,
  a.family,
  count(DISTINCT a.access) AS accesses
FROM met_from_actor AS a
INNER JOIN met_from_subject AS s
  ON s.access = a.access AND s.domain = a.domain AND s.reached = a.reached AND s.steps - a.steps IN (0, 1)
WHERE s.steps > 0
GROUP BY ALL
