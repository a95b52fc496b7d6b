-- Writes the rows of explanation that the template consent of hospital finds.
SELECT
  "access"."access" AS access,
  'consent' AS template,
  'task' AS evidence_group,
  FLOOR(
    CAST((
      CAST(0.95 AS DOUBLE) * CASE
        WHEN "t"."recorded_by" = "access"."actor"
        THEN CAST(0.3 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
        WHEN "t"."recorded_at" >= "access"."occurred_at" + INTERVAL '3' DAY
        THEN CAST(0.3 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END
    ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
  ) / CAST(1000000 AS DOUBLE) AS strength,
  ["t"."fact"] AS rests_on
FROM access AS access
JOIN tasking AS t
  ON "t"."subject" = "access"."subject"
  AND "t"."person" = "access"."actor"
  AND "t"."queue" IN ('consent')
WHERE
  "access"."occurred_at" >= "t"."valid_from"
  AND "access"."occurred_at" < CASE
    WHEN NOT "t"."valid_to" IS NULL
    AND "t"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
    AND "t"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
    THEN "t"."valid_to"
    ELSE "t"."valid_from"
  END
