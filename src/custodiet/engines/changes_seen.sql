-- Writes the changes of state that a reader may see, the gravest kind first, then by access; of $access alone where given.
-- Why: who is walled in one of the two runs is walled in both, as actor or as subject, before and after.
SELECT
    s.access,
    s.change,
    s.before,
    s.after,
    s.strength_before,
    s.strength_after,
    s.template_before,
    s.template_after,
    s.awaited,
    s.occurred_at,
    s.actor_before,
    s.actor_after,
    s.subject_before,
    s.subject_after
FROM state_change_seen AS s
WHERE s.access = coalesce($access, s.access)
ORDER BY s.gravity, s.access
LIMIT $most
