-- Writes the rows of explanation that the template on_call of hospital finds.
SELECT
  "access"."access" AS access,
  'on_call' AS template,
  'encounter' AS evidence_group,
  FLOOR(
    CAST((
      CAST(0.94 AS DOUBLE) * CASE
        WHEN "s"."recorded_by" = "access"."actor" OR "a"."recorded_by" = "access"."actor"
        THEN CAST(0.5 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
        WHEN "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "a"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        THEN CAST(0.3 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END
    ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
  ) / CAST(1000000 AS DOUBLE) AS strength,
  ["s"."fact", "a"."fact", "d"."fact"] AS rests_on
FROM access AS access
JOIN involvement AS s
  ON "s"."subject" = "access"."subject"
JOIN assignment AS a
  ON "a"."incident" = "s"."incident"
  AND "a"."person" = "access"."actor"
  AND "a"."role" IN ('consulted')
JOIN duty AS d
  ON "d"."person" = "access"."actor" AND "d"."duty" IN ('on_call')
WHERE
  "access"."occurred_at" >= "a"."valid_from" - INTERVAL '1' HOUR
  AND "access"."occurred_at" < "a"."valid_from" + INTERVAL '36' HOUR
  AND "a"."valid_from" >= "d"."valid_from"
  AND "a"."valid_from" < "d"."valid_to"
