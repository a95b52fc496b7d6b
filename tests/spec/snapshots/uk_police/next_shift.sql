-- Writes the rows of explanation that the template next_shift of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'next_shift' AS template,
    'matter' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.91 AS DOUBLE) * CASE
          WHEN "a"."recorded_by" = "access"."actor" OR "s"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN "a"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          OR "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN _fanout.people > 60
          THEN CAST(60 AS DOUBLE) / CAST(_fanout.people AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["s"."fact", "a"."fact", "q"."fact", "p"."fact", "d"."fact"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject"
  JOIN assignment AS a
    ON "a"."incident" = "s"."incident"
    AND "a"."role" IN ('attending', 'officer_in_case', 'desk_investigator')
  JOIN posting AS q
    ON "q"."person" = "a"."person"
  JOIN posting AS p
    ON "p"."person" = "access"."actor" AND "p"."unit" = "q"."unit"
  JOIN duty AS d
    ON "d"."person" = "access"."actor" AND "d"."duty" IN ('duty', 'overtime', 'on_call')
  JOIN (
    SELECT
      "s"."fact" AS fact,
      COUNT(DISTINCT "p"."person") AS people
    FROM involvement AS s
    JOIN assignment AS a
      ON "a"."incident" = "s"."incident"
      AND "a"."role" IN ('attending', 'officer_in_case', 'desk_investigator')
    JOIN posting AS q
      ON "q"."person" = "a"."person"
    JOIN posting AS p
      ON "p"."unit" = "q"."unit"
    SEMI JOIN duty AS d
      ON "d"."person" = "p"."person" AND "d"."duty" IN ('duty', 'overtime', 'on_call')
    WHERE
      "a"."person" <> "p"."person"
      AND "a"."valid_from" >= "q"."valid_from"
      AND "a"."valid_from" < "q"."valid_to"
    GROUP BY
      "s"."fact"
  ) AS _fanout
    ON _fanout.fact = "s"."fact"
  WHERE
    "a"."person" <> "access"."actor"
    AND "access"."occurred_at" >= "a"."valid_from" + INTERVAL '12' HOUR
    AND "access"."occurred_at" < "a"."valid_from" + INTERVAL '1' DAY
    AND "access"."occurred_at" >= "d"."valid_from"
    AND "access"."occurred_at" < "d"."valid_to"
    AND "access"."occurred_at" >= "p"."valid_from"
    AND "access"."occurred_at" < "p"."valid_to"
    AND "a"."valid_from" >= "q"."valid_from"
    AND "a"."valid_from" < "q"."valid_to"
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
