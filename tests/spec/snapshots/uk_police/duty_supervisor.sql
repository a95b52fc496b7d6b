-- Writes the rows of explanation that the template duty_supervisor of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'duty_supervisor' AS template,
    'matter' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.6 AS DOUBLE) * CASE
          WHEN "s"."recorded_by" = "access"."actor" OR "a"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          OR "a"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN _fanout.people > 10
          THEN CAST(10 AS DOUBLE) / CAST(_fanout.people AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["s"."fact", "a"."fact", "q"."fact", "d"."fact"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject"
  JOIN assignment AS a
    ON "a"."incident" = "s"."incident"
  JOIN posting AS q
    ON "q"."person" = "a"."person"
  JOIN duty AS d
    ON "d"."supervisor_for" = "q"."unit"
    AND "d"."person" = "access"."actor"
    AND "d"."duty" IN ('duty', 'overtime', 'on_call')
  JOIN (
    SELECT
      "s"."fact" AS fact,
      COUNT(DISTINCT "d"."person") AS people
    FROM involvement AS s
    JOIN assignment AS a
      ON "a"."incident" = "s"."incident"
    JOIN posting AS q
      ON "q"."person" = "a"."person"
    JOIN duty AS d
      ON "d"."supervisor_for" = "q"."unit"
      AND "d"."duty" IN ('duty', 'overtime', 'on_call')
    WHERE
      "a"."valid_from" >= "q"."valid_from"
      AND "a"."valid_from" < "q"."valid_to"
      AND "a"."valid_from" >= "d"."valid_from" - INTERVAL '8' HOUR
      AND "a"."valid_from" < "d"."valid_to"
    GROUP BY
      "s"."fact"
  ) AS _fanout
    ON _fanout.fact = "s"."fact"
  WHERE
    "a"."valid_from" >= "q"."valid_from"
    AND "a"."valid_from" < "q"."valid_to"
    AND "a"."valid_from" >= "d"."valid_from" - INTERVAL '8' HOUR
    AND "a"."valid_from" < "d"."valid_to"
    AND "access"."occurred_at" >= "d"."valid_from" - INTERVAL '1' HOUR
    AND "access"."occurred_at" < "d"."valid_to" + INTERVAL '2' HOUR
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
