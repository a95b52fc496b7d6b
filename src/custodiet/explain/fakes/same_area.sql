-- Writes draw: each sampled access with the subject of an access made in those days in another unit of the actor's area.
-- Who serves no area has none. A day within $reach days of the access and a place in the area's day are tried eight times,
-- and the first of another unit is taken.
WITH
  pool AS (
    SELECT area, day, access, unit, row_number() OVER (PARTITION BY area, day ORDER BY access) - 1 AS place
    FROM serving
    WHERE area IS NOT NULL
  ),
  held AS (
    SELECT area, day, count(*) AS n FROM pool GROUP BY area, day
  ),
  tried AS (
    SELECT
      s.access,
      v.actor,
      v.unit,
      v.area,
      t.attempt,
      v.day + CAST(
        CAST('0x' || left(md5($seed || '|same area day|' || s.access || '|' || t.attempt), 15) AS BIGINT) % (2 * $reach + 1) - $reach
        AS INTEGER
      ) AS day,
      CAST('0x' || left(md5($seed || '|same area|' || s.access || '|' || t.attempt), 15) AS BIGINT) AS chance
    FROM sampled_access AS s
    JOIN serving AS v ON v.access = s.access
    CROSS JOIN (SELECT unnest(range(8)) AS attempt) AS t
  )
SELECT t.access, t.actor, d.subject, p.access AS donor, 'same area' AS made_by
FROM tried AS t
JOIN held AS h ON h.area = t.area AND h.day = t.day
JOIN pool AS p ON p.area = t.area AND p.day = t.day AND p.place = t.chance % h.n AND p.unit <> t.unit
JOIN access AS d ON d.access = p.access
QUALIFY row_number() OVER (PARTITION BY t.access ORDER BY t.attempt) = 1
