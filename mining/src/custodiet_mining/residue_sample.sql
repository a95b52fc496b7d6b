-- Writes the accesses that the miner looks at: of those nothing explains, at most $per_actor of each actor, and $most in all.
-- Which ones is settled by a digest of the access's number, so that the same run gives the same sample; the first of every
-- actor come before the second of any, so that nobody's habits fill the sample.
WITH ranked AS (
  SELECT
    a.access,
    a.occurred_at,
    a.actor,
    a.requester,
    a.subject,
    md5('mining ' || a.access::VARCHAR) AS draw,
    row_number() OVER (PARTITION BY a.actor ORDER BY md5('mining ' || a.access::VARCHAR), a.access) AS place
  FROM access AS a
  INNER JOIN access_state AS s ON s.access = a.access
  WHERE s.state = 'unexplained'
),

ordered AS (
  SELECT
    ranked.*,
    row_number() OVER (ORDER BY place, draw, access) AS number
  FROM ranked
  WHERE place <= $per_actor
)

SELECT
  access,
  'real' AS family,
  occurred_at,
  actor,
  requester,
  subject
FROM ordered
WHERE number <= $most
