-- Writes the findings that had accesses in `asked_access` in one run: name and score, the one with most of them first.
-- Why: a finding's name follows its actor, subject and first access, so that it may have borne another one then.
SELECT f.finding, f.score
FROM then_episode_access AS e
JOIN then_finding AS f ON f.finding = e.finding
JOIN asked_access AS q ON q.access = e.access
GROUP BY f.finding, f.score
ORDER BY count(*) DESC, f.finding
