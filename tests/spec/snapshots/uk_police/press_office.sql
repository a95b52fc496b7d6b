-- Writes the rows of explanation that the template press_office of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'press_office' AS template,
    'matter' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.4 AS DOUBLE) * CASE
          WHEN "s"."recorded_by" = "access"."actor" OR "i"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          OR "i"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["s"."fact", "i"."fact", "p"."fact"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject"
  JOIN incident AS i
    ON "i"."incident" = "s"."incident"
  JOIN posting AS p
    ON "p"."person" = "access"."actor" AND "p"."role" IN ('press_office')
  WHERE
    "access"."occurred_at" >= "i"."valid_from"
    AND "access"."occurred_at" < "i"."valid_from" + INTERVAL '7' DAY
    AND "access"."occurred_at" >= "p"."valid_from"
    AND "access"."occurred_at" < "p"."valid_to"
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
