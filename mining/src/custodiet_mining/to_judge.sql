-- Writes accesses of the pool that have an instance, each with its strongest: the real ones, or the fakes ($real).
-- At most $count, and the first of every actor before the second of any; which ones is settled by a digest of their numbers.
WITH strongest AS (
  SELECT
    p.access,
    p.family,
    p.actor,
    p.subject,
    epoch_us(p.occurred_at) AS occurred_at,
    i.rests_on
  FROM instance AS i
  INNER JOIN pool AS p ON p.access = i.access
  WHERE (p.family = 'real') = $real AND p.family <> 'F1'
  QUALIFY row_number() OVER (PARTITION BY p.access ORDER BY i.strength DESC, i.rests_on) = 1
),

ranked AS (
  SELECT
    strongest.*,
    md5('judge ' || access::VARCHAR) AS draw,
    row_number() OVER (PARTITION BY actor ORDER BY md5('judge ' || access::VARCHAR), access) AS place
  FROM strongest
)

SELECT
  family,
  actor,
  subject,
  occurred_at,
  rests_on
FROM ranked
ORDER BY place, draw, access
LIMIT $count
