-- Writes draw: each sampled access with the subject of an access that somebody else of the actor's unit made on the same day.
-- The hardest honest fakes: what a team works on is near to each of the team. Eight places in the unit's day are tried, and
-- the first that is another's is taken; where all eight are the actor's own there is no fake.
WITH
  pool AS (
    SELECT unit, day, access, actor, row_number() OVER (PARTITION BY unit, day ORDER BY access) - 1 AS place FROM serving
  ),
  held AS (
    SELECT unit, day, count(*) AS n FROM pool GROUP BY unit, day
  ),
  tried AS (
    SELECT
      s.access,
      v.actor,
      v.unit,
      v.day,
      t.attempt,
      CAST('0x' || left(md5($seed || '|same team|' || s.access || '|' || t.attempt), 15) AS BIGINT) % h.n AS place
    FROM sampled_access AS s
    JOIN serving AS v ON v.access = s.access
    JOIN held AS h ON h.unit = v.unit AND h.day = v.day
    CROSS JOIN (SELECT unnest(range(8)) AS attempt) AS t
  )
SELECT t.access, t.actor, d.subject, p.access AS donor, 'same team' AS made_by
FROM tried AS t
JOIN pool AS p ON p.unit = t.unit AND p.day = t.day AND p.place = t.place AND p.actor <> t.actor
JOIN access AS d ON d.access = p.access
QUALIFY row_number() OVER (PARTITION BY t.access ORDER BY t.attempt) = 1
