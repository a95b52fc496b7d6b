-- Writes the rows of explanation that the template briefing_area of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'briefing_area' AS template,
    'briefing' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.92 AS DOUBLE) * CASE
          WHEN "b"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN "b"."recorded_at" >= "access"."occurred_at" + INTERVAL '1' DAY
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN _fanout.people > 120
          THEN CAST(120 AS DOUBLE) / CAST(_fanout.people AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["b"."fact", "p"."fact", "d"."fact"] AS rests_on
  FROM access AS access
  JOIN briefing AS b
    ON "b"."subject" = "access"."subject"
  JOIN posting AS p
    ON "p"."person" = "access"."actor"
    AND "p"."area" = "b"."area"
    AND "p"."role" IN ('response', 'neighbourhood', 'specials')
  JOIN duty AS d
    ON "d"."person" = "access"."actor" AND "d"."duty" IN ('duty', 'overtime', 'on_call')
  JOIN (
    SELECT
      "b"."fact" AS fact,
      COUNT(DISTINCT "p"."person") AS people
    FROM briefing AS b
    JOIN posting AS p
      ON "p"."area" = "b"."area"
      AND "p"."role" IN ('response', 'neighbourhood', 'specials')
    SEMI JOIN duty AS d
      ON "d"."person" = "p"."person" AND "d"."duty" IN ('duty', 'overtime', 'on_call')
    GROUP BY
      "b"."fact"
  ) AS _fanout
    ON _fanout.fact = "b"."fact"
  WHERE
    "access"."occurred_at" >= "b"."valid_from"
    AND "access"."occurred_at" < CASE
      WHEN NOT "b"."valid_to" IS NULL
      AND "b"."valid_to" <> CAST('0001-01-01 00:00:00' AS TIMESTAMP)
      AND "b"."valid_to" <> CAST('9999-12-31 00:00:00' AS TIMESTAMP)
      THEN "b"."valid_to"
      ELSE "b"."valid_from" + INTERVAL '7' DAY
    END
    AND "access"."occurred_at" >= "p"."valid_from"
    AND "access"."occurred_at" < "p"."valid_to"
    AND "access"."occurred_at" >= "d"."valid_from" - INTERVAL '30' MINUTE
    AND "access"."occurred_at" < "d"."valid_to" + INTERVAL '30' MINUTE
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
