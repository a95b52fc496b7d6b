-- Writes the pairs of actor and subject that are judged from $start up to $until: they make no group that judges them.
-- Reads `access` and `group_actor`.
SELECT DISTINCT n.number AS actor, a.subject
FROM access AS a
JOIN group_actor AS n ON n.actor = a.actor
WHERE a.occurred_at >= $start AND a.occurred_at < $until
