-- Writes the rows of explanation that the template household of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'household' AS template,
    'household' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.6 AS DOUBLE) * CASE
          WHEN "u"."recorded_by" = "access"."actor"
          OR "v"."recorded_by" = "access"."actor"
          OR "s"."recorded_by" = "access"."actor"
          OR "i"."recorded_by" = "access"."actor"
          OR "a"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
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
    ["u"."fact", "v"."fact", "s"."fact", "i"."fact", "a"."fact"] AS rests_on
  FROM access AS access
  JOIN subject AS u
    ON "u"."subject" = "access"."subject"
  JOIN subject AS v
    ON "v"."address" = "u"."address"
  JOIN involvement AS s
    ON "s"."subject" = "v"."subject"
  JOIN incident AS i
    ON "i"."incident" = "s"."incident" AND "i"."category" IN ('domestic')
  JOIN assignment AS a
    ON "a"."incident" = "s"."incident" AND "a"."person" = "access"."actor"
  WHERE
    "v"."subject" <> "access"."subject"
    AND "access"."occurred_at" >= "a"."valid_from" - INTERVAL '30' MINUTE
    AND "access"."occurred_at" < CASE
      WHEN NOT "a"."valid_to" IS NULL
      AND "a"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
      AND "a"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
      THEN "a"."valid_to" + INTERVAL '2' DAY
      ELSE "a"."valid_from" + INTERVAL '4' DAY
    END
    AND "access"."occurred_at" >= "u"."valid_from"
    AND "access"."occurred_at" < "u"."valid_to"
    AND "access"."occurred_at" >= "v"."valid_from"
    AND "access"."occurred_at" < "v"."valid_to"
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
