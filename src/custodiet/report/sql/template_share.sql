-- Writes template_share: for each month and template, how many accesses it explained, how many strongly, how many that nothing
-- else explained, how many first accesses of a pair; and whether its share left what the earlier months let expect.
-- Why: templates overlap, so a share needs the share "only by it"; and a template that drifts tells of a source or a habit that
-- changed.
-- The interval holds the next month's share in 99 of 100 cases (Student) if the months vary among themselves as the earlier ones
-- did, and never less than chance alone makes them. Two earlier months are the least from which that can be told.
WITH student (freedom, factor) AS (
    VALUES
    (1, 63.657), (2, 9.925), (3, 5.841), (4, 4.604), (5, 4.032), (6, 3.707), (7, 3.499), (8, 3.355), (9, 3.250), (10, 3.169),
    (11, 3.106), (12, 3.055), (13, 3.012), (14, 2.977), (15, 2.947), (16, 2.921), (17, 2.898), (18, 2.878), (19, 2.861),
    (20, 2.845), (21, 2.831), (22, 2.819), (23, 2.807), (24, 2.797), (25, 2.787), (26, 2.779), (27, 2.771), (28, 2.763),
    (29, 2.756), (30, 2.750)
),

placed AS (
    SELECT template, shadow, CAST(place AS INTEGER) AS place, CASE WHEN shadow THEN 0 ELSE 1 END AS alone
    FROM template_place
),

monthly AS (
    SELECT month, CAST(sum(accesses) AS BIGINT) AS of_accesses, CAST(sum(first) AS BIGINT) AS of_first
    FROM reason_set
    GROUP BY month
),

counted AS (
    SELECT
        monthly.month,
        placed.template,
        placed.shadow,
        CAST(coalesce(sum(reason_set.accesses), 0) AS BIGINT) AS accesses,
        CAST(coalesce(sum(reason_set.accesses) FILTER (WHERE get_bit(reason_set.strong, placed.place) = 1), 0) AS BIGINT)
            AS strong,
        CAST(
            coalesce(sum(reason_set.accesses) FILTER (WHERE reason_set.templates = placed.alone), 0) AS BIGINT
        ) AS only_by_it,
        CAST(coalesce(sum(reason_set.first), 0) AS BIGINT) AS first,
        monthly.of_accesses,
        monthly.of_first
    FROM monthly
    CROSS JOIN placed
    LEFT JOIN reason_set ON reason_set.month = monthly.month AND get_bit(reason_set.reasons, placed.place) = 1
    GROUP BY monthly.month, placed.template, placed.shadow, monthly.of_accesses, monthly.of_first
),

earlier AS (
    SELECT
        counted.*,
        count(*) OVER past AS months,
        CAST(sum(accesses) OVER past AS HUGEINT) AS past_accesses,
        CAST(sum(of_accesses) OVER past AS HUGEINT) AS past_of,
        CAST(sum(CAST(accesses AS HUGEINT) * accesses * 1000000 // of_accesses) OVER past AS HUGEINT) AS past_squares
    FROM counted
    WINDOW past AS (PARTITION BY template ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),

varied AS (
    SELECT
        earlier.*,
        CAST(past_accesses AS DOUBLE) / past_of AS expected,
        CAST(past_accesses AS DOUBLE) / past_of * (1 - CAST(past_accesses AS DOUBLE) / past_of) AS chance,
        past_squares / 1e6 - CAST(past_accesses AS DOUBLE) * past_accesses / past_of AS between_months
    FROM earlier
),

reached AS (
    SELECT
        varied.*,
        CAST(student.factor AS DOUBLE) * sqrt(
            greatest(chance, between_months / (months - 1)) * (1.0 / of_accesses + 1.0 / past_of)
        ) AS reach
    FROM varied
    LEFT JOIN student ON student.freedom = least(varied.months - 1, 30)
),

bounded AS (
    SELECT
        reached.*,
        CASE WHEN reach IS NOT NULL THEN floor(greatest(expected - reach, 0) * 1000000) / 1000000 END AS low,
        CASE WHEN reach IS NOT NULL THEN ceil(least(expected + reach, 1) * 1000000) / 1000000 END AS high
    FROM reached
)

SELECT
    strftime(month, '%Y-%m') AS month,
    template,
    shadow,
    accesses,
    strong,
    only_by_it,
    first,
    of_accesses,
    of_first,
    low,
    high,
    accesses < low * of_accesses OR accesses > high * of_accesses AS outside
FROM bounded
