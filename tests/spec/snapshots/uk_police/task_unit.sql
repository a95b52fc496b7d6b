-- Writes the rows of explanation that the template task_unit of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'task_unit' AS template,
    'task' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.92 AS DOUBLE) * CASE
          WHEN NOT EPOCH_US("t"."valid_from") + EPOCH_US(
            CASE
              WHEN NOT "t"."valid_to" IS NULL
              AND "t"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
              AND "t"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
              THEN "t"."valid_to"
              ELSE "t"."valid_from" + INTERVAL '28' DAY
            END
          ) IS NULL
          THEN POWER(
            CAST(2.0 AS DOUBLE),
            -(
              GREATEST(
                0,
                EPOCH_US("t"."valid_from") - EPOCH_US("access"."occurred_at"),
                EPOCH_US("access"."occurred_at") - EPOCH_US(
                  CASE
                    WHEN NOT "t"."valid_to" IS NULL
                    AND "t"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
                    AND "t"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
                    THEN "t"."valid_to"
                    ELSE "t"."valid_from" + INTERVAL '28' DAY
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
        END * CASE
          WHEN _fanout.people > 30
          THEN CAST(30 AS DOUBLE) / CAST(_fanout.people AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["t"."fact", "p"."fact"] AS rests_on
  FROM access AS access
  JOIN tasking AS t
    ON "t"."subject" = "access"."subject"
  JOIN posting AS p
    ON "p"."unit" = "t"."unit" AND "p"."person" = "access"."actor"
  JOIN (
    SELECT
      "t"."fact" AS fact,
      COUNT(DISTINCT "p"."person") AS people
    FROM tasking AS t
    JOIN posting AS p
      ON "p"."unit" = "t"."unit"
    GROUP BY
      "t"."fact"
  ) AS _fanout
    ON _fanout.fact = "t"."fact"
  WHERE
    "access"."occurred_at" >= "t"."valid_from" - INTERVAL '15' MINUTE
    AND "access"."occurred_at" < CASE
      WHEN NOT "t"."valid_to" IS NULL
      AND "t"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
      AND "t"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
      THEN "t"."valid_to" + INTERVAL '2' HOUR
      ELSE "t"."valid_from" + INTERVAL '35' DAY
    END
    AND "access"."occurred_at" >= "p"."valid_from"
    AND "access"."occurred_at" < "p"."valid_to"
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
