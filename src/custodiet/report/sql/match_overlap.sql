-- Writes match_overlap: how many accesses have exactly this number of templates in force that match, none included.
-- Why: these rows are disjoint and show how far the rows of the templates overlap.
SELECT templates, CAST(sum(accesses) AS BIGINT) AS accesses
FROM reason_set
GROUP BY templates
