-- Writes the rows of explanation that the template requested of uk_police finds.
SELECT
  "access"."access" AS access,
  'requested' AS template,
  'request' AS evidence_group,
  FLOOR(CAST((
    CAST(0.94 AS DOUBLE)
  ) AS DOUBLE) * 1000000 + CAST(0.5 AS DOUBLE)) / CAST(1000000 AS DOUBLE) AS strength,
  "r"."rests_on" AS rests_on
FROM access AS access
JOIN explained_request AS r
  ON "r"."access" = "access"."access" AND "r"."requester" = "access"."requester"
WHERE
  "r"."requester" <> "access"."actor"
