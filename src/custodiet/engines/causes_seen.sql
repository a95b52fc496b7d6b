-- Writes the causes of the changes that `changes_seen` shows, each with what is known of its entry; in a fixed order.
-- Why: a cause is of use with its entry, its source, and when the source recorded it and when it became known here.
WITH asked AS (
    SELECT access
    FROM state_change_seen
    WHERE access = coalesce($access, access)
    ORDER BY gravity, access
    LIMIT $most
)

SELECT
    c.access,
    c.cause,
    c.fact,
    c.entry,
    c.through,
    coalesce(f.kind, CASE WHEN a."index" IS NOT NULL THEN 'access' END) AS kind,
    coalesce(f.source, a.source) AS source,
    f.recorded_at,
    coalesce(f.known_at, d.received_at) AS known_at,
    CASE WHEN f.kind = 'subject_merge' THEN f.subject END AS subject,
    CASE WHEN f.kind = 'subject_merge' THEN f.counterpart END AS survivor
FROM change_cause AS c
JOIN asked ON asked.access = c.access
LEFT JOIN fact_change AS f ON f.fact = c.fact AND f.entry = c.entry
LEFT JOIN stored_access AS a ON a."index" = c.fact
LEFT JOIN delivery_time AS d ON d.delivery = a.delivery
ORDER BY c.access, c.through IS NOT NULL, c.entry, c.fact, c.cause, c.through
