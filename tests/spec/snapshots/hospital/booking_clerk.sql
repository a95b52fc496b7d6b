-- Writes the rows of explanation that the template booking_clerk of hospital finds.
SELECT
  "access"."access" AS access,
  'booking_clerk' AS template,
  'encounter' AS evidence_group,
  FLOOR(
    CAST((
      CAST(0.93 AS DOUBLE) * CASE
        WHEN NOT EPOCH_US("b"."valid_from" - INTERVAL '1' HOUR) + EPOCH_US("b"."valid_from" + INTERVAL '7' DAY) IS NULL
        THEN POWER(
          CAST(2.0 AS DOUBLE),
          -(
            GREATEST(
              0,
              EPOCH_US("b"."valid_from" - INTERVAL '1' HOUR) - EPOCH_US("access"."occurred_at"),
              EPOCH_US("access"."occurred_at") - EPOCH_US("b"."valid_from" + INTERVAL '7' DAY)
            ) / CAST(5184000000000.0 AS DOUBLE)
          )
        )
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
        WHEN "e"."recorded_by" = "access"."actor"
        THEN CAST(0.5 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END * CASE
        WHEN "s"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "b"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "i"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "e"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        OR "c"."recorded_at" >= "access"."occurred_at" + INTERVAL '7' DAY
        THEN CAST(0.3 AS DOUBLE)
        ELSE CAST(1.0 AS DOUBLE)
      END
    ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
  ) / CAST(1000000 AS DOUBLE) AS strength,
  ["s"."fact", "b"."fact", "i"."fact", "e"."fact", "c"."fact"] AS rests_on
FROM access AS access
JOIN involvement AS s
  ON "s"."subject" = "access"."subject"
JOIN assignment AS b
  ON "b"."incident" = "s"."incident"
  AND "b"."person" = "access"."actor"
  AND "b"."role" IN ('booking')
JOIN incident AS i
  ON "i"."incident" = "b"."incident" AND "i"."incident_kind" IN ('appointment')
JOIN incident AS e
  ON "e"."incident" = "i"."parent"
JOIN assignment AS c
  ON "c"."incident" = "b"."incident"
  AND "c"."role" IN ('clinician', 'nurse', 'therapist')
WHERE
  "c"."person" <> "access"."actor"
  AND "access"."occurred_at" >= "b"."valid_from" - INTERVAL '1' HOUR
  AND "access"."occurred_at" < "c"."valid_from" + INTERVAL '2' DAY
