-- Writes the rows of template_share as the run kept them, of one month or ($month absent) of all.
-- Why: a reader asks of one month or of all.
SELECT *
FROM template_share
WHERE month = coalesce($month, month)
ORDER BY month, accesses DESC, template
