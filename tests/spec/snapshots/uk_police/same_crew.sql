-- Writes the rows of explanation that the template same_crew of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'same_crew' AS template,
    'matter' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.93 AS DOUBLE) * CASE
          WHEN "s"."recorded_by" = "access"."actor"
          OR "a"."recorded_by" = "access"."actor"
          OR "b"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          OR "a"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          OR "b"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["s"."fact", "a"."fact", "b"."fact"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject"
  JOIN assignment AS a
    ON "a"."incident" = "s"."incident"
  JOIN assignment AS b
    ON "b"."crew" = "a"."crew" AND "b"."person" = "access"."actor"
  WHERE
    "a"."person" <> "access"."actor"
    AND "b"."valid_from" >= "a"."valid_from" - INTERVAL '10' HOUR
    AND "b"."valid_from" < "a"."valid_from" + INTERVAL '10' HOUR
    AND "access"."occurred_at" >= "a"."valid_from" - INTERVAL '30' MINUTE
    AND "access"."occurred_at" < CASE
      WHEN NOT "a"."valid_to" IS NULL
      AND "a"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
      AND "a"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
      THEN "a"."valid_to" + INTERVAL '1' DAY
      ELSE "a"."valid_from" + INTERVAL '2' DAY
    END
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
