-- Writes for each template in force that matched how many accesses it matched, and how many of them no other template matched.
-- Why: templates overlap, so a share without the share "only by this" would invite adding.
SELECT template, CAST(sum(accesses) AS BIGINT) AS accesses, CAST(sum(only_by_it) AS BIGINT) AS only_by_this
FROM template_share
WHERE NOT shadow
GROUP BY template
HAVING sum(accesses) > 0
ORDER BY accesses DESC, template
