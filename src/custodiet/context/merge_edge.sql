-- Writes merge_edge: which subject number led to which at either of two ledger sizes, by which fact.
-- Why: a number resolves along these edges, so that only merges on its way can have changed whom it means. As in
-- `survivor`, the later of two merges of one number holds.
WITH either AS (
    SELECT subject, survivor, fact, 'earlier' AS side
    FROM earlier_subject_merge
    WHERE subject <> survivor
    QUALIFY row_number() OVER (PARTITION BY subject ORDER BY fact DESC) = 1
    UNION ALL
    SELECT subject, survivor, fact, 'later' AS side
    FROM later_subject_merge
    WHERE subject <> survivor
    QUALIFY row_number() OVER (PARTITION BY subject ORDER BY fact DESC) = 1
)

SELECT DISTINCT subject, survivor, fact
FROM either
