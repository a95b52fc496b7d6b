-- Writes the rows of explanation that the template recorded_it of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'recorded_it' AS template,
    'record' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.3 AS DOUBLE) * CASE
          WHEN "s"."recorded_by" = "access"."actor"
          THEN CAST(1.0 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["s"."fact"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject" AND "s"."recorded_by" = "access"."actor"
  WHERE
    "access"."occurred_at" >= "s"."recorded_at" - INTERVAL '2' HOUR
    AND "access"."occurred_at" < "s"."recorded_at" + INTERVAL '2' DAY
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
