-- Writes for each kind of fact and source how many facts stand, and up to when the source has delivered.
-- Why: "unexplained" must never be confused with "we have no data".
SELECT held.kind, held.source, held.facts, watermark.delivered_to
FROM (
    SELECT kind, source, count(*) AS facts
    FROM standing_fact
    GROUP BY kind, source
) AS held
LEFT JOIN watermark ON watermark.kind = held.kind AND watermark.source = held.source
ORDER BY held.kind, held.source
