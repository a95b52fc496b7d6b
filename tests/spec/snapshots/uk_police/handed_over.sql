-- Writes the rows of explanation that the template handed_over of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'handed_over' AS template,
    'matter' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.6 AS DOUBLE) * CASE
          WHEN "s"."recorded_by" = "access"."actor"
          OR "a"."recorded_by" = "access"."actor"
          OR "o"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          OR "a"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          OR "o"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["s"."fact", "a"."fact", "o"."fact"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject"
  JOIN assignment AS a
    ON "a"."incident" = "s"."incident"
    AND "a"."person" = "access"."actor"
    AND "a"."role" IN ('officer_in_case', 'deputy_officer_in_case')
  JOIN assignment AS o
    ON "o"."incident" = "s"."incident"
    AND "o"."role" IN ('officer_in_case', 'deputy_officer_in_case')
  WHERE
    "o"."person" <> "access"."actor"
    AND "access"."occurred_at" >= "a"."valid_from" - INTERVAL '3' DAY
    AND "access"."occurred_at" < "a"."valid_from"
    AND "access"."occurred_at" >= "o"."valid_from"
    AND "access"."occurred_at" < "o"."valid_to" + INTERVAL '3' DAY
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
