-- Writes each fake numbered from $low and below $high, by what it was made from, and whether the actor had never opened the
-- subject before.
SELECT
  f.made_from,
  NOT EXISTS (
    SELECT 1 FROM access AS e WHERE e.actor = f.actor AND e.subject = f.subject AND e.occurred_at < f.occurred_at
  ) AS is_first
FROM fake_access AS f
WHERE $low <= f.access AND f.access < $high
