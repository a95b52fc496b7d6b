-- Writes the mapped records that have a problem, one row each, with the problem of their first part that has one.
-- A record goes to quarantine as a whole.
SELECT position, part, original, reason, field, found, expected
FROM mapped
WHERE problem IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY position ORDER BY part) = 1
ORDER BY position
