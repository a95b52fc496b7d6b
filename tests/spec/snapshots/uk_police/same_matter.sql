-- Writes the rows of explanation that the template same_matter of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'same_matter' AS template,
    'matter' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.55 AS DOUBLE) * CASE
          WHEN "s"."recorded_by" = "access"."actor" OR "o"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          OR "o"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["s"."fact", "o"."fact", "e"."access"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject"
  JOIN involvement AS o
    ON "o"."incident" = "s"."incident"
  JOIN explained_access AS e
    ON "e"."subject" = "o"."subject" AND "e"."actor" = "access"."actor"
  WHERE
    "o"."subject" <> "access"."subject"
    AND "access"."occurred_at" >= "e"."occurred_at"
    AND "access"."occurred_at" < "e"."occurred_at" + INTERVAL '2' DAY
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
