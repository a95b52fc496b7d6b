-- Writes draw: each sampled access with the subject of an access that somebody else of the actor's unit made in those days.
-- The hardest honest fakes: what a team works on is near to each of the team. A day within $reach days of the access and a
-- place in the unit's day are tried eight times, and the first that is another's is taken; where none is there is no fake.
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
      t.attempt,
      v.day + CAST(
        CAST('0x' || left(md5($seed || '|same team day|' || s.access || '|' || t.attempt), 15) AS BIGINT) % (2 * $reach + 1) - $reach
        AS INTEGER
      ) AS day,
      CAST('0x' || left(md5($seed || '|same team|' || s.access || '|' || t.attempt), 15) AS BIGINT) AS chance
    FROM sampled_access AS s
    JOIN serving AS v ON v.access = s.access
    CROSS JOIN (SELECT unnest(range(8)) AS attempt) AS t
  )
SELECT t.access, t.actor, d.subject, p.access AS donor, 'same team' AS made_by
FROM tried AS t
JOIN held AS h ON h.unit = t.unit AND h.day = t.day
JOIN pool AS p ON p.unit = t.unit AND p.day = t.day AND p.place = t.chance % h.n AND p.actor <> t.actor
JOIN access AS d ON d.access = p.access
QUALIFY row_number() OVER (PARTITION BY t.access ORDER BY t.attempt) = 1
