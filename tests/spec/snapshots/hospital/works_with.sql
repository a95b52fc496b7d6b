-- Writes the rows of explanation that the template works_with of hospital finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'works_with' AS template,
    'around' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.35 AS DOUBLE) * CASE
          WHEN NOT EPOCH_US("a"."valid_from") + EPOCH_US("a"."valid_from" + INTERVAL '1' DAY) IS NULL
          THEN POWER(
            CAST(2.0 AS DOUBLE),
            -(
              GREATEST(
                0,
                EPOCH_US("a"."valid_from") - EPOCH_US("access"."occurred_at"),
                EPOCH_US("access"."occurred_at") - EPOCH_US("a"."valid_from" + INTERVAL '1' DAY)
              ) / CAST(604800000000.0 AS DOUBLE)
            )
          )
          ELSE CAST(1.0 AS DOUBLE)
        END * CASE
          WHEN "s"."recorded_by" = "access"."actor" OR "a"."recorded_by" = "access"."actor"
          THEN CAST(0.3 AS DOUBLE)
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["s"."fact", "a"."fact"] AS rests_on
  FROM access AS access
  JOIN involvement AS s
    ON "s"."subject" = "access"."subject"
  JOIN assignment AS a
    ON "a"."incident" = "s"."incident"
    AND "a"."role" IN ('clinician', 'nurse', 'therapist')
  JOIN group_member AS c
    ON "c"."person" = "a"."person" AND "c"."narrowest" IN ('yes')
  JOIN group_member AS m
    ON "m"."person" = "access"."actor" AND "m"."member_of" = "c"."member_of"
  WHERE
    "a"."person" <> "access"."actor"
    AND "access"."occurred_at" >= "a"."valid_from" - INTERVAL '2' DAY
    AND "access"."occurred_at" < "a"."valid_from" + INTERVAL '7' DAY
    AND "access"."occurred_at" >= "c"."valid_from"
    AND "access"."occurred_at" < "c"."valid_to"
    AND "access"."occurred_at" >= "m"."valid_from"
    AND "access"."occurred_at" < "m"."valid_to"
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
