-- Writes the rows of explanation that the template area_incident of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'area_incident' AS template,
    'matter' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.35 AS DOUBLE) * CASE
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
    ["s"."fact", "i"."fact", "p"."fact", "d"."fact"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject"
  JOIN incident AS i
    ON "i"."incident" = "s"."incident" AND "i"."incident_kind" IN ('incident')
  JOIN posting AS p
    ON "p"."person" = "access"."actor" AND "p"."area" = "i"."area"
  JOIN duty AS d
    ON "d"."person" = "access"."actor" AND "d"."duty" IN ('duty', 'overtime', 'on_call')
  WHERE
    "access"."occurred_at" >= "i"."valid_from"
    AND "access"."occurred_at" < CASE
      WHEN NOT "i"."valid_to" IS NULL
      AND "i"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
      AND "i"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
      THEN "i"."valid_to" + INTERVAL '12' HOUR
      ELSE "i"."valid_from" + INTERVAL '1' DAY
    END
    AND "access"."occurred_at" >= "p"."valid_from"
    AND "access"."occurred_at" < "p"."valid_to"
    AND "access"."occurred_at" >= "d"."valid_from"
    AND "access"."occurred_at" < "d"."valid_to"
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
