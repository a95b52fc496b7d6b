-- Writes the pool: the accesses of the residue that were sampled, and the fakes, whose family says how they were made.
SELECT
  access,
  family,
  occurred_at,
  actor,
  requester,
  subject
FROM sampled
UNION ALL
SELECT
  access,
  family,
  occurred_at,
  actor,
  requester,
  subject
FROM fake_access
