-- Writes the rows of explanation that the template repeat of hospital finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'repeat' AS template,
    'encounter' AS evidence_group,
    FLOOR(CAST((
      CAST(0.92 AS DOUBLE)
    ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)) / CAST(1000000 AS DOUBLE) AS strength,
    ["e"."access"] AS rests_on
  FROM access AS access
  JOIN explained_access AS e
    ON "e"."actor" = "access"."actor" AND "e"."subject" = "access"."subject"
  WHERE
    "access"."occurred_at" >= "e"."occurred_at"
    AND "access"."occurred_at" < "e"."occurred_at" + INTERVAL '3' DAY
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
