-- Writes the rows of explanation that the template complaint_handler of council finds.
SELECT
  "access"."access" AS access,
  'complaint_handler' AS template,
  'case' AS evidence_group,
  FLOOR(
    CAST((
      CAST(0.94 AS DOUBLE) * CASE
        WHEN "s"."recorded_by" = "access"."actor"
        OR "i"."recorded_by" = "access"."actor"
        OR "a"."recorded_by" = "access"."actor"
        THEN CAST(0.5 AS DOUBLE)
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
  ON "i"."parent" = "s"."incident" AND "i"."incident_kind" IN ('complaint')
JOIN assignment AS a
  ON "a"."incident" = "i"."incident"
  AND "a"."person" = "access"."actor"
  AND "a"."role" IN ('complaint_handler')
WHERE
  "access"."occurred_at" >= "a"."valid_from"
  AND "access"."occurred_at" < CASE
    WHEN NOT "a"."valid_to" IS NULL
    AND "a"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
    AND "a"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
    THEN "a"."valid_to" + INTERVAL '14' DAY
    ELSE "a"."valid_from" + INTERVAL '84' DAY
  END
