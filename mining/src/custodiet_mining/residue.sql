-- Writes the residue: every access that nothing explains, with the columns that a path reads.
SELECT
  a.access,
  a.occurred_at,
  a.actor,
  a.requester,
  a.subject
FROM access AS a
INNER JOIN access_state AS s ON s.access = a.access
WHERE s.state = 'unexplained'
