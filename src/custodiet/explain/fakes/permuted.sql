-- Writes draw: each sampled access with the subject of another access of the same hour and system.
-- Within an hour and system, all accesses stand in a ring in the order of their digests, and each takes what the next one
-- had: so everybody looks as often and when he did, and every subject is looked at as often and when it was.
WITH ring AS (
  SELECT
    access,
    actor,
    coalesce(
      lead(access) OVER (PARTITION BY system, date_trunc('hour', occurred_at) ORDER BY md5($seed || '|permuted|' || access), access),
      first_value(access) OVER (PARTITION BY system, date_trunc('hour', occurred_at) ORDER BY md5($seed || '|permuted|' || access), access)
    ) AS donor
  FROM access
  WHERE subject_kind <> 'table'
)
SELECT r.access, r.actor, d.subject, r.donor, 'permuted' AS made_by
FROM ring AS r
JOIN sampled_access AS s ON s.access = r.access
JOIN access AS d ON d.access = r.donor
