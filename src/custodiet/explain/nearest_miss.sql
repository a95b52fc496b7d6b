-- Writes at most one row: of all that operations say of the subject $subject, what came nearest to $at without being an
-- explanation of $actor's look. Whose work it was and how far away in time is what a reader asks first.
WITH near AS (
  SELECT 'assignment' AS kind, a.fact, s.incident AS matter, s.role AS part, a.person, a.unit, a.role AS work, a.valid_from AS at
  FROM involvement AS s
  JOIN assignment AS a ON a.incident = s.incident
  WHERE s.subject = $subject
  UNION ALL
  SELECT 'incident', i.fact, s.incident, s.role, NULL, NULL, NULL, i.valid_from
  FROM involvement AS s
  JOIN incident AS i ON i.incident = s.incident
  WHERE s.subject = $subject
  UNION ALL
  SELECT 'tasking', t.fact, t.task, t.queue, t.person, t.unit, NULL, t.valid_from
  FROM tasking AS t
  WHERE t.subject = $subject
  UNION ALL
  SELECT 'briefing', b.fact, b.briefing, NULL, NULL, coalesce(b.unit, b.area), NULL, b.valid_from
  FROM briefing AS b
  WHERE b.subject = $subject
)
SELECT
  n.kind,
  n.fact,
  n.matter,
  n.part,
  n.person,
  coalesce(n.unit, p.unit) AS unit,
  n.work,
  epoch_us(n.at) AS at,
  coalesce(n.person = $actor, FALSE) AS own,
  bool_or(coalesce(n.person = $actor, FALSE)) OVER () AS linked
FROM near AS n
LEFT JOIN posting AS p ON p.person = n.person AND p.valid_from <= n.at AND n.at < p.valid_to
ORDER BY abs(epoch_us(n.at) - epoch_us(CAST($at AS TIMESTAMP))), n.kind, n.fact, unit
LIMIT 1
