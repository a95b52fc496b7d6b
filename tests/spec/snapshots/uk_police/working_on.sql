-- Writes the rows of explanation that the template working_on of uk_police finds.
SELECT
  "access"."access" AS access,
  'working_on' AS template,
  'matter' AS evidence_group,
  FLOOR(
    CAST((
      CAST(0.97 AS DOUBLE) * CASE
        WHEN NOT EPOCH_US("a"."valid_from") + EPOCH_US("a"."valid_to") IS NULL
        THEN POWER(
          CAST(2.0 AS DOUBLE),
          -(
            GREATEST(
              0,
              EPOCH_US("a"."valid_from") - EPOCH_US("access"."occurred_at"),
              EPOCH_US("access"."occurred_at") - EPOCH_US("a"."valid_to")
            ) / CAST(432000000000.0 AS DOUBLE)
          )
        )
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
        WHEN "a"."recorded_by" = "access"."actor" OR "s"."recorded_by" = "access"."actor"
        THEN CAST(0.3 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
        WHEN "a"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        THEN CAST(0.3 AS DOUBLE)
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
  AND "a"."person" = "access"."actor"
  AND "a"."role" IN ('operation_team', 'case_builder', 'desk_investigator', 'author')
JOIN posting AS p
  ON "p"."person" = "access"."actor"
WHERE
  "access"."occurred_at" >= "a"."valid_from" - INTERVAL '30' MINUTE
  AND "access"."occurred_at" < "a"."valid_to" + INTERVAL '28' DAY
  AND "access"."occurred_at" >= "p"."valid_from"
  AND "access"."occurred_at" < "p"."valid_to"
  AND "a"."valid_from" >= "p"."valid_from"
  AND "a"."valid_from" < "p"."valid_to"
