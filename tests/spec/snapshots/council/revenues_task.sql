-- Writes the rows of explanation that the template revenues_task of council finds.
SELECT
  "access"."access" AS access,
  'revenues_task' AS template,
  'task' AS evidence_group,
  FLOOR(
    CAST((
      CAST(0.95 AS DOUBLE) * CASE
        WHEN NOT EPOCH_US("t"."valid_from" - INTERVAL '15' MINUTE) + EPOCH_US(
          CASE
            WHEN NOT "t"."valid_to" IS NULL
            AND "t"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
            AND "t"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
            THEN "t"."valid_to"
            ELSE "t"."valid_from" + INTERVAL '14' DAY
          END
        ) IS NULL
        THEN POWER(
          CAST(2.0 AS DOUBLE),
          -(
            GREATEST(
              0,
              EPOCH_US("t"."valid_from" - INTERVAL '15' MINUTE) - EPOCH_US("access"."occurred_at"),
              EPOCH_US("access"."occurred_at") - EPOCH_US(
                CASE
                  WHEN NOT "t"."valid_to" IS NULL
                  AND "t"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
                  AND "t"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
                  THEN "t"."valid_to"
                  ELSE "t"."valid_from" + INTERVAL '14' DAY
                END
              )
            ) / CAST(2592000000000.0 AS DOUBLE)
          )
        )
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
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
  AND "t"."queue" IN (
    'council_tax',
    'business_rates',
    'housing_register',
    'electoral',
    'licensing',
    'parking'
  )
WHERE
  "access"."occurred_at" >= "t"."valid_from" - INTERVAL '15' MINUTE
  AND "access"."occurred_at" < CASE
    WHEN NOT "t"."valid_to" IS NULL
    AND "t"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
    AND "t"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
    THEN "t"."valid_to" + INTERVAL '2' DAY
    ELSE "t"."valid_from" + INTERVAL '28' DAY
  END
