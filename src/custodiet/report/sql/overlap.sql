-- Writes how many accesses have exactly this number of templates that match, none included, as the run kept it.
-- Why: these rows are disjoint and show how far the rows of the templates overlap.
SELECT templates, accesses
FROM match_overlap
ORDER BY templates
