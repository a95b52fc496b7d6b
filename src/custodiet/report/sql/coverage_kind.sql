-- Writes coverage_kind: for each month and kind of fact, every source of it and how it stood towards the accesses of the month.
-- Why: an access is judged by what had come in. A kind without a source is a row too, for that is what nobody thinks of.
WITH monthly AS (
    SELECT date_trunc('month', occurred_at) AS month, count(*) AS accesses
    FROM access
    GROUP BY 1
),

beyond AS (
    SELECT source_reach.kind, source_reach.source, date_trunc('month', source_reach.awaited_from) AS month, count(*) AS accesses
    FROM source_reach
    JOIN access
        ON date_trunc('month', access.occurred_at) = date_trunc('month', source_reach.awaited_from)
        AND access.occurred_at >= source_reach.awaited_from
    GROUP BY ALL
),

stood AS (
    SELECT
        monthly.month,
        kind_read.kind,
        kind_read.templates,
        source_reach.source,
        source_reach.standing,
        source_reach.delivered_to,
        monthly.accesses,
        CASE
            WHEN source_reach.source IS NULL OR monthly.month > date_trunc('month', source_reach.awaited_from)
                THEN monthly.accesses
            ELSE coalesce(beyond.accesses, 0)
        END AS beyond
    FROM monthly
    CROSS JOIN kind_read
    LEFT JOIN source_reach ON source_reach.kind = kind_read.kind
    LEFT JOIN beyond
        ON beyond.kind = source_reach.kind AND beyond.source = source_reach.source AND beyond.month = monthly.month
)

SELECT
    strftime(month, '%Y-%m') AS month,
    kind,
    source,
    templates,
    CASE
        WHEN source IS NULL THEN 'none'
        WHEN beyond = 0 OR standing = 'unneeded' THEN 'held'
        WHEN standing = 'silent' THEN 'silent'
        ELSE 'behind'
    END AS standing,
    delivered_to,
    accesses,
    beyond
FROM stood
