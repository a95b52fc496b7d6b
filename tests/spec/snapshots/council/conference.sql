-- Writes the rows of explanation that the template conference of council finds.
SELECT
  "access"."access" AS access,
  'conference' AS template,
  'case' AS evidence_group,
  FLOOR(
    CAST((
      CAST(0.95 AS DOUBLE) * CASE
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
  ON "i"."incident" = "s"."incident" AND "i"."incident_kind" IN ('conference')
JOIN assignment AS a
  ON "a"."incident" = "i"."incident"
  AND "a"."person" = "access"."actor"
  AND "a"."role" IN ('chair', 'member', 'minute_taker')
WHERE
  "access"."occurred_at" >= "a"."valid_from" - INTERVAL '14' DAY
  AND "access"."occurred_at" < "a"."valid_from" + INTERVAL '28' DAY
