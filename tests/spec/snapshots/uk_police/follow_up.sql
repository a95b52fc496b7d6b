-- Writes the rows of explanation that the template follow_up of uk_police finds.
SELECT
  "access"."access" AS access,
  'follow_up' AS template,
  'matter' AS evidence_group,
  FLOOR(
    CAST((
      CAST(0.93 AS DOUBLE) * CASE
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
  ["s"."fact", "a"."fact"] AS rests_on
FROM access AS access
JOIN involvement AS s
  ON "s"."subject" = "access"."subject"
  AND "s"."incident" = "access"."quoted_reference"
JOIN assignment AS a
  ON "a"."incident" = "s"."incident"
  AND "a"."person" = "access"."actor"
  AND (
    "a"."role" IS NULL
    OR NOT "a"."role" IN (
      'officer_in_case',
      'deputy_officer_in_case',
      'call_handler',
      'dispatcher',
      'custody_sergeant',
      'detention_officer',
      'arresting_officer',
      'interviewing_officer',
      'operation_team',
      'case_builder',
      'desk_investigator',
      'author'
    )
  )
WHERE
  "access"."occurred_at" >= "a"."valid_from"
  AND "access"."occurred_at" < CASE
    WHEN NOT "a"."valid_to" IS NULL
    AND "a"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
    AND "a"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
    THEN "a"."valid_to" + INTERVAL '5' DAY
    ELSE "a"."valid_from" + INTERVAL '6' DAY
  END
