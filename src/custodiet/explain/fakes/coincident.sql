-- Writes draw: each sampled access with a subject of an incident that began in the actor's area in the six hours before,
-- and to which he was not assigned. The look that has an alibi in the neighbourhood: he was there, and had no part in it.
WITH candidate AS (
  SELECT DISTINCT s.access, s.actor, o.subject
  FROM sampled_access AS s
  JOIN serving AS v ON v.access = s.access
  JOIN incident AS i
    ON i.area = v.area AND i.valid_from <= s.occurred_at AND s.occurred_at < i.valid_from + INTERVAL 6 HOUR
  JOIN involvement AS o ON o.incident = i.incident
  WHERE i.incident_kind = 'incident'
    AND NOT EXISTS (SELECT 1 FROM assignment AS a WHERE a.incident = i.incident AND a.person = s.actor)
)
SELECT c.access, c.actor, c.subject, CAST(NULL AS BIGINT) AS donor, 'coincident' AS made_by
FROM candidate AS c
QUALIFY row_number() OVER (PARTITION BY c.access ORDER BY c.subject) - 1
  = CAST('0x' || left(md5($seed || '|coincident|' || c.access), 15) AS BIGINT) % count(*) OVER (PARTITION BY c.access)
