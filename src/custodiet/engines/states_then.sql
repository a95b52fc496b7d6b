-- Writes what one run says of the accesses in `asked_access`: state, strength, template, and for whom they count.
-- Why: what was known when is told from the runs themselves, never worked out afterwards.
SELECT s.access, s.state, s.strength, s.template, a.actor, a.subject
FROM then_access_state AS s
JOIN then_access AS a ON a.access = s.access
JOIN asked_access AS q ON q.access = s.access
ORDER BY s.access
