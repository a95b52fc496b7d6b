-- Writes the rows of explanation that the template repeat of uk_police finds.
SELECT
  *
FROM (
  SELECT
    "access"."access" AS access,
    'repeat' AS template,
    'matter' AS evidence_group,
    FLOOR(
      CAST((
        CAST(0.93 AS DOUBLE) * CASE
          WHEN NOT EPOCH_US("e"."occurred_at") + EPOCH_US("e"."occurred_at") IS NULL
          THEN POWER(
            CAST(2.0 AS DOUBLE),
            -(
              GREATEST(
                0,
                EPOCH_US("e"."occurred_at") - EPOCH_US("access"."occurred_at"),
                EPOCH_US("access"."occurred_at") - EPOCH_US("e"."occurred_at")
              ) / CAST(345600000000.0 AS DOUBLE)
            )
          )
          ELSE CAST(1.0 AS DOUBLE)
        END
      ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)
    ) / CAST(1000000 AS DOUBLE) AS strength,
    ["e"."access"] AS rests_on
  FROM access AS access
  JOIN explained_access AS e
    ON "e"."actor" = "access"."actor" AND "e"."subject" = "access"."subject"
  WHERE
    "access"."occurred_at" >= "e"."occurred_at"
    AND "access"."occurred_at" < "e"."occurred_at" + INTERVAL '14' DAY
) AS found
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY access ORDER BY strength DESC, rests_on) = 1
