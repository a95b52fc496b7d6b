-- Writes who worked on which subject from $start up to $until, as pairs of a numbered actor and a subject.
-- Reads `explained_access` and `group_actor`: only work that operations explain makes people colleagues.
SELECT DISTINCT n.number AS actor, e.subject
FROM explained_access AS e
JOIN group_actor AS n ON n.actor = e.actor
WHERE e.occurred_at >= $start AND e.occurred_at < $until
