-- Writes the rows of explanation that the template conflict_check of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'conflict_check' AS template,
    'conflict' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.6 AS DOUBLE) * CASE
          WHEN "d"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["d"."fact", "v"."fact"] AS rests_on
  FROM access AS access
  JOIN association AS d
    ON "d"."subject" = "access"."subject"
  JOIN supervision AS v
    ON "v"."person" = "d"."person" AND "v"."supervisor" = "access"."actor"
  WHERE
    "d"."person" <> "access"."actor"
    AND "access"."occurred_at" >= "d"."recorded_at"
    AND "access"."occurred_at" < "d"."recorded_at" + INTERVAL '28' DAY
    AND "access"."occurred_at" >= "d"."valid_from"
    AND "access"."occurred_at" < "d"."valid_to"
    AND "access"."occurred_at" >= "v"."valid_from"
    AND "access"."occurred_at" < "v"."valid_to"
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
