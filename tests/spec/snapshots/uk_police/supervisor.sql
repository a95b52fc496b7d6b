-- Writes the rows of explanation that the template supervisor of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'supervisor' AS template,
    'matter' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.93 AS DOUBLE) * CASE
          WHEN NOT EPOCH_US("a"."valid_from") + EPOCH_US("a"."valid_from" + INTERVAL '2' DAY) IS NULL
          THEN POWER(
            CAST(2.0 AS DOUBLE),
            -(
              GREATEST(
                0,
                EPOCH_US("a"."valid_from") - EPOCH_US("access"."occurred_at"),
                EPOCH_US("access"."occurred_at") - EPOCH_US("a"."valid_from" + INTERVAL '2' DAY)
              ) / CAST(172800000000.0 AS DOUBLE)
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
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["s"."fact", "a"."fact", "v"."fact"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject"
  JOIN assignment AS a
    ON "a"."incident" = "s"."incident"
    AND (
      "a"."role" IS NULL OR NOT "a"."role" IN ('call_handler', 'dispatcher')
    )
  JOIN supervision AS v
    ON "v"."person" = "a"."person" AND "v"."supervisor" = "access"."actor"
  WHERE
    "access"."occurred_at" >= "a"."valid_from" - INTERVAL '30' MINUTE
    AND "access"."occurred_at" < "a"."valid_from" + INTERVAL '14' DAY
    AND "access"."occurred_at" >= "v"."valid_from"
    AND "access"."occurred_at" < "v"."valid_to"
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
