-- Writes the rows of explanation that the template unit_assigned of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'unit_assigned' AS template,
    'matter' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.75 AS DOUBLE) * CASE
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
              ) / CAST(1209600000000.0 AS DOUBLE)
            )
          )
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN "s"."recorded_by" = "access"."actor" OR "a"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          OR "a"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN _fanout.people > 40
          THEN CAST(40 AS DOUBLE) / CAST(_fanout.people AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["s"."fact", "a"."fact", "p"."fact"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject"
  JOIN assignment AS a
    ON "a"."incident" = "s"."incident"
  JOIN posting AS p
    ON "p"."unit" = "a"."unit" AND "p"."person" = "access"."actor"
  JOIN (
    SELECT
      "s"."fact" AS fact,
      COUNT(DISTINCT "p"."person") AS people
    FROM involvement AS s
    JOIN assignment AS a
      ON "a"."incident" = "s"."incident"
    JOIN posting AS p
      ON "p"."unit" = "a"."unit"
    GROUP BY
      "s"."fact"
  ) AS _fanout
    ON _fanout.fact = "s"."fact"
  WHERE
    "access"."occurred_at" >= "a"."valid_from" - INTERVAL '1' HOUR
    AND "access"."occurred_at" < CASE
      WHEN NOT "a"."valid_to" IS NULL
      AND "a"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
      AND "a"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
      THEN "a"."valid_to" + INTERVAL '14' DAY
      ELSE "a"."valid_from" + INTERVAL '28' DAY
    END
    AND "access"."occurred_at" >= "p"."valid_from"
    AND "access"."occurred_at" < "p"."valid_to"
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
