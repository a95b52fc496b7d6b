-- Writes draw: for each sampled access an actor and a subject drawn from all that occur, each as likely as any other.
-- The easiest fakes: hardly any of them could be work. What is known of the subject comes from its first access.
WITH
  people AS (
    SELECT actor, row_number() OVER (ORDER BY actor) - 1 AS place FROM access GROUP BY actor
  ),
  things AS (
    SELECT subject, min(access) AS donor, row_number() OVER (ORDER BY subject) - 1 AS place
    FROM access
    WHERE subject_kind <> 'table'
    GROUP BY subject
  ),
  drawn AS (
    SELECT
      s.access,
      CAST('0x' || left(md5($seed || '|uniform actor|' || s.access), 15) AS BIGINT) % p.n AS person_place,
      CAST('0x' || left(md5($seed || '|uniform subject|' || s.access), 15) AS BIGINT) % t.n AS thing_place
    FROM sampled_access AS s
    CROSS JOIN (SELECT count(*) AS n FROM people) AS p
    CROSS JOIN (SELECT count(*) AS n FROM things) AS t
  )
SELECT d.access, p.actor, t.subject, t.donor, 'uniform' AS made_by
FROM drawn AS d
JOIN people AS p ON p.place = d.person_place
JOIN things AS t ON t.place = d.thing_place
