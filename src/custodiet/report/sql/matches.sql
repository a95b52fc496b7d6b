-- Writes for each template how many accesses it matched, and how many of them no other template matched.
-- Why: templates overlap, so a share without the share "only by this" would invite adding.
WITH match AS (
    SELECT DISTINCT access, template
    FROM explanation
),

counted AS (
    SELECT match.template, count(*) OVER (PARTITION BY match.access) AS templates
    FROM match
)

SELECT template, count(*) AS accesses, count(*) FILTER (WHERE templates = 1) AS only_by_this
FROM counted
GROUP BY template
ORDER BY accesses DESC, template
