-- Writes how many accesses have exactly this number of templates that match, none included.
-- Why: these rows are disjoint and show how far the rows of the templates overlap.
WITH matched AS (
    SELECT access_state.access, count(DISTINCT explanation.template) AS templates
    FROM access_state
    LEFT JOIN explanation ON explanation.access = access_state.access
    GROUP BY access_state.access
)

SELECT templates, count(*) AS accesses
FROM matched
GROUP BY templates
ORDER BY templates
