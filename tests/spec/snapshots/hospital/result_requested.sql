-- Writes the rows of explanation that the template result_requested of hospital finds.
SELECT
  "access"."access" AS access,
  'result_requested' AS template,
  'encounter' AS evidence_group,
  FLOOR(
    CAST((
      CAST(0.95 AS DOUBLE) * CASE
        WHEN NOT EPOCH_US("a"."valid_from") + EPOCH_US("a"."valid_from" + INTERVAL '14' DAY) IS NULL
        THEN POWER(
          CAST(2.0 AS DOUBLE),
          -(
            GREATEST(
              0,
              EPOCH_US("a"."valid_from") - EPOCH_US("access"."occurred_at"),
              EPOCH_US("access"."occurred_at") - EPOCH_US("a"."valid_from" + INTERVAL '14' DAY)
            ) / CAST(3628800000000.0 AS DOUBLE)
          )
        )
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
        WHEN "e"."recorded_by" = "access"."actor"
        THEN CAST(0.5 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
        WHEN "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "i"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "e"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "a"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        THEN CAST(0.3 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END
    ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
  ) / CAST(1000000 AS DOUBLE) AS strength,
  ["s"."fact", "i"."fact", "e"."fact", "a"."fact"] AS rests_on
FROM access AS access
JOIN involvement AS s
  ON "s"."subject" = "access"."subject"
JOIN incident AS i
  ON "i"."incident" = "s"."incident" AND "i"."incident_kind" IN ('order')
JOIN incident AS e
  ON "e"."incident" = "i"."parent"
JOIN assignment AS a
  ON "a"."incident" = "i"."incident"
  AND "a"."person" = "access"."actor"
  AND "a"."role" IN ('requester')
WHERE
  "access"."occurred_at" >= "a"."valid_from" - INTERVAL '30' MINUTE
  AND "access"."occurred_at" < "a"."valid_from" + INTERVAL '42' DAY
  AND "a"."valid_from" >= "e"."valid_from" - INTERVAL '1' DAY
  AND "a"."valid_from" < "e"."valid_to" + INTERVAL '7' DAY
