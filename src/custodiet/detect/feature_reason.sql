-- Writes feature_reason: how many looks gave no reason, or a reason that says nothing.
-- Why: a missing reason says something only where the system takes one: at nine in ten of all its accesses.
WITH asks AS (
    SELECT
        access.system,
        avg(
            CASE
                WHEN access.stated_purpose IS NOT NULL
                    OR access.purpose_code IS NOT NULL
                    OR access.quoted_reference IS NOT NULL THEN 1.0
                ELSE 0.0
            END
        ) >= 0.9 AS takes_reason
    FROM access
    GROUP BY access.system
),

judged AS (
    SELECT
        look.finding,
        look.stated_purpose,
        look.quoted_reference IS NULL
        AND look.stated_purpose IS NOT NULL
        AND (
            lower(trim(look.stated_purpose)) IN (SELECT vague_reason.reason FROM vague_reason)
            OR length(regexp_replace(look.stated_purpose, '[^A-Za-z0-9]', '', 'g')) < 3
        ) AS is_vague,
        asks.takes_reason
        AND look.stated_purpose IS NULL
        AND look.purpose_code IS NULL
        AND look.quoted_reference IS NULL AS is_missing
    FROM look
    JOIN asks ON asks.system = look.system
)

SELECT
    finding,
    count(*) FILTER (WHERE is_vague) AS vague_reasons,
    min(trim(stated_purpose)) FILTER (WHERE is_vague) AS vague_reason,
    count(*) FILTER (WHERE is_missing) AS reasons_missing
FROM judged
GROUP BY finding
