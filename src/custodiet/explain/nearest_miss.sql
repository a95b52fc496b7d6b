-- Writes at most one row for each look in `asked` (name, actor, subject, subject_kind, at): of all that operations say of
-- its subject, what came nearest without being an explanation. Whose work it was and how far away is what a reader asks first.
WITH near AS (
  SELECT q.name, q.actor, q.at AS asked_at, 'assignment' AS kind, a.fact, s.incident AS matter, s.role AS part, a.person, a.unit,
    a.role AS work, a.valid_from AS at
  FROM asked AS q
  JOIN involvement AS s ON s.subject = q.subject
  JOIN assignment AS a ON a.incident = s.incident
  UNION ALL
  SELECT q.name, q.actor, q.at, 'incident', i.fact, s.incident, s.role, NULL, NULL, NULL, i.valid_from
  FROM asked AS q
  JOIN involvement AS s ON s.subject = q.subject
  JOIN incident AS i ON i.incident = s.incident
  UNION ALL
  SELECT q.name, q.actor, q.at, 'tasking', t.fact, t.task, t.queue, t.person, t.unit, NULL, t.valid_from
  FROM asked AS q
  JOIN tasking AS t ON t.subject = q.subject
  UNION ALL
  SELECT q.name, q.actor, q.at, 'briefing', b.fact, b.briefing, NULL, NULL, coalesce(b.unit, b.area), NULL, b.valid_from
  FROM asked AS q
  JOIN briefing AS b ON b.subject = q.subject
),

placed AS (
  SELECT
    n.name,
    n.actor,
    n.asked_at,
    n.kind,
    n.fact,
    n.matter,
    n.part,
    n.person,
    coalesce(n.unit, p.unit) AS unit,
    n.work,
    n.at,
    coalesce(n.person = n.actor, FALSE) AS own,
    bool_or(coalesce(n.person = n.actor, FALSE)) OVER (PARTITION BY n.name) AS linked,
    row_number() OVER (
      PARTITION BY n.name
      ORDER BY abs(epoch_us(n.at) - epoch_us(n.asked_at)), n.kind, n.fact, coalesce(n.unit, p.unit)
    ) AS place
  FROM near AS n
  LEFT JOIN posting AS p ON p.person = n.person AND p.valid_from <= n.at AND n.at < p.valid_to
),

teamed AS (
  SELECT m.name, bool_or(coalesce(own.unit = m.unit, FALSE)) AS same_team
  FROM placed AS m
  JOIN posting AS own ON own.person = m.actor AND own.valid_from <= m.asked_at AND m.asked_at < own.valid_to
  WHERE m.place = 1
  GROUP BY m.name
),

called AS (
  SELECT incident, min(incident_kind) AS matter_kind
  FROM incident
  WHERE incident IN (SELECT matter FROM placed WHERE place = 1 AND kind IN ('assignment', 'incident'))
  GROUP BY incident
)

SELECT p.name, p.kind, p.fact, p.matter, c.matter_kind, p.part, p.person, p.unit, p.work, epoch_us(p.at) AS at, p.own, p.linked,
  CASE WHEN NOT p.own AND p.person IS NOT NULL AND p.unit IS NOT NULL THEN t.same_team END AS same_team
FROM placed AS p
LEFT JOIN teamed AS t ON t.name = p.name
LEFT JOIN called AS c ON c.incident = p.matter AND p.kind IN ('assignment', 'incident')
WHERE p.place = 1
ORDER BY p.name
