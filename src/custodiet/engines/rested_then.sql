-- Writes the rows on which the accesses in `asked_access` rest in one run.
-- Why: where one of them is another access, what changed its reason is looked for, too.
SELECT DISTINCT unnest(x.rests_on) AS fact
FROM then_explanation AS x
JOIN asked_access AS q ON q.access = x.access
ORDER BY fact
