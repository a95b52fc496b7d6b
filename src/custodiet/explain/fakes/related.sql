-- Writes draw: each sampled access with a subject that is tied to the actor, and whom nobody says he had to look at.
-- First one of the ways in which he is tied to anybody is drawn, then one subject tied in that way: else the many colleagues
-- would hide the few kin. Who is tied to nobody has no fake.
WITH
  candidate AS (
    SELECT DISTINCT s.access, s.actor, t.subject, t.nature
    FROM sampled_access AS s
    JOIN fake_tie AS t ON t.actor = s.actor AND t.valid_from <= s.occurred_at AND s.occurred_at < t.valid_to
  ),
  way AS (
    SELECT access, nature
    FROM (SELECT DISTINCT access, nature FROM candidate) AS known
    QUALIFY row_number() OVER (PARTITION BY access ORDER BY nature) - 1
      = CAST('0x' || left(md5($seed || '|related nature|' || access), 15) AS BIGINT) % count(*) OVER (PARTITION BY access)
  )
SELECT c.access, c.actor, c.subject, CAST(NULL AS BIGINT) AS donor, c.nature AS made_by
FROM candidate AS c
JOIN way AS w ON w.access = c.access AND w.nature = c.nature
QUALIFY row_number() OVER (PARTITION BY c.access ORDER BY c.subject) - 1
  = CAST('0x' || left(md5($seed || '|related subject|' || c.access), 15) AS BIGINT) % count(*) OVER (PARTITION BY c.access)
