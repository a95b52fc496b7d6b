-- Writes each sampled access, and whether the actor had not opened the subject before it.
SELECT
  s.access,
  NOT EXISTS (
    SELECT 1
    FROM access AS e
    WHERE e.actor = s.actor
      AND e.subject = s.subject
      AND (e.occurred_at < s.occurred_at OR (e.occurred_at = s.occurred_at AND e.access < s.access))
  ) AS is_first
FROM sampled_access AS s
