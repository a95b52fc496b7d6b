-- Writes fact_change: the facts that stand at one of two ledger sizes and not at the other, and the entry that did it.
-- Why: whatever is derived differently at the later size rests on one of these rows. Only identities that were spoken of
-- between the sizes are read again, so that a late day costs what the day brought and not what the ledger holds.
-- change: came (stands now; `replaces` is the version before it, if one stood), superseded or withdrawn (stood before).
WITH spoken AS (
    SELECT DISTINCT source, kind, source_fact_id
    FROM stored_fact
    WHERE "index" >= $earlier AND "index" < $later AND source_fact_id IS NOT NULL
),

latest AS (
    SELECT
        f.source,
        f.kind,
        f.source_fact_id,
        max(f."index") FILTER (WHERE f."index" < $earlier) AS before,
        arg_max(f.withdrawn, f."index") FILTER (WHERE f."index" < $earlier) AS before_withdrawn,
        max(f."index") AS after,
        arg_max(f.withdrawn, f."index") AS after_withdrawn
    FROM stored_fact AS f
    JOIN spoken AS s ON s.source = f.source AND s.kind = f.kind AND s.source_fact_id = f.source_fact_id
    WHERE f."index" < $later
    GROUP BY f.source, f.kind, f.source_fact_id
),

changed AS (
    SELECT
        f."index" AS fact,
        'came' AS change,
        f."index" AS entry,
        CAST(NULL AS BIGINT) AS replaces
    FROM stored_fact AS f
    WHERE f."index" >= $earlier AND f."index" < $later AND f.source_fact_id IS NULL AND NOT f.withdrawn
    UNION ALL
    SELECT after, 'came', after, CASE WHEN NOT before_withdrawn THEN before END
    FROM latest
    WHERE NOT after_withdrawn
    UNION ALL
    SELECT before, CASE WHEN after_withdrawn THEN 'withdrawn' ELSE 'superseded' END, after, CAST(NULL AS BIGINT)
    FROM latest
    WHERE before IS NOT NULL AND NOT before_withdrawn
)

SELECT
    c.fact,
    c.change,
    c.entry,
    c.replaces,
    f.kind,
    f."key",
    f.person,
    f.subject,
    f.counterpart,
    f.valid_from,
    f.valid_to,
    by_entry.source,
    by_entry.recorded_at,
    d.received_at AS known_at
FROM changed AS c
JOIN stored_fact AS f ON f."index" = c.fact
JOIN stored_fact AS by_entry ON by_entry."index" = c.entry
LEFT JOIN delivery_time AS d ON d.delivery = by_entry.delivery
