-- Writes the rows of explanation that the template child_incident of uk_police finds.
SELECT
  "access"."access" AS access,
  'child_incident' AS template,
  'matter' AS evidence_group,
  FLOOR(
    CAST((
      CAST(0.94 AS DOUBLE) * CASE
        WHEN NOT EPOCH_US("a"."valid_from") + EPOCH_US(
          CASE
            WHEN NOT "a"."valid_to" IS NULL
            AND "a"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
            AND "a"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
            THEN "a"."valid_to"
            ELSE "a"."valid_from" + INTERVAL '14' DAY
          END
        ) IS NULL
        THEN POWER(
          CAST(2.0 AS DOUBLE),
          -(
            GREATEST(
              0,
              EPOCH_US("a"."valid_from") - EPOCH_US("access"."occurred_at"),
              EPOCH_US("access"."occurred_at") - EPOCH_US(
                CASE
                  WHEN NOT "a"."valid_to" IS NULL
                  AND "a"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
                  AND "a"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
                  THEN "a"."valid_to"
                  ELSE "a"."valid_from" + INTERVAL '14' DAY
                END
              )
            ) / CAST(432000000000.0 AS DOUBLE)
          )
        )
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
        WHEN "s"."recorded_by" = "access"."actor"
        OR "i"."recorded_by" = "access"."actor"
        OR "a"."recorded_by" = "access"."actor"
        THEN CAST(0.3 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
        WHEN "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "i"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "a"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        THEN CAST(0.3 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END
    ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
  ) / CAST(1000000 AS DOUBLE) AS strength,
  ["s"."fact", "i"."fact", "a"."fact"] AS rests_on
FROM access AS access
JOIN involvement AS s
  ON "s"."subject" = "access"."subject"
JOIN incident AS i
  ON "i"."parent" = "s"."incident"
JOIN assignment AS a
  ON "a"."incident" = "i"."incident" AND "a"."person" = "access"."actor"
WHERE
  "access"."occurred_at" >= "a"."valid_from" - INTERVAL '30' MINUTE
  AND "access"."occurred_at" < CASE
    WHEN NOT "a"."valid_to" IS NULL
    AND "a"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
    AND "a"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
    THEN "a"."valid_to" + INTERVAL '28' DAY
    ELSE "a"."valid_from" + INTERVAL '56' DAY
  END
