-- Writes reason_set: for each month and each set of templates that matched an access, how many accesses it is, and how many of
-- them are the first of their actor and subject. Bit n stands for the template at place n; `templates` is how many of them are
-- in force, for what is tried in shadow explains nothing.
-- Why: an access has many instances, and what explains it, what alone explains it and how reasons overlap are all told by the
-- set of its templates; so the long table is read once.
WITH placed AS (
    SELECT
        template,
        shadow,
        CAST(repeat('0', place) || '1' || repeat('0', (SELECT count(*) FROM template_place) - place - 1) AS BIT) AS own,
        CAST(repeat('0', (SELECT count(*) FROM template_place)) AS BIT) AS none
    FROM template_place
),

matched AS (
    SELECT
        explanation.access,
        bit_or(placed.own) AS reasons,
        bit_or(CASE WHEN placed.shadow THEN placed.none ELSE placed.own END) AS in_force,
        bit_or(CASE WHEN explanation.strength >= $explained THEN placed.own ELSE placed.none END) AS strong
    FROM explanation
    JOIN placed ON placed.template = explanation.template
    GROUP BY explanation.access
),

opening AS (
    SELECT min((epoch_us(occurred_at) + CAST(4611686018427387904 AS HUGEINT)) * 1099511627776 + access) % 1099511627776 AS access
    FROM access
    GROUP BY actor, subject
)

SELECT
    date_trunc('month', access.occurred_at) AS month,
    matched.reasons,
    matched.strong,
    coalesce(bit_count(matched.in_force), 0) AS templates,
    count(*) AS accesses,
    count(opening.access) AS first
FROM access
LEFT JOIN matched ON matched.access = access.access
LEFT JOIN opening ON opening.access = access.access
GROUP BY month, matched.reasons, matched.strong, templates
