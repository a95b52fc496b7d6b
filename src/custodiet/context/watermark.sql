-- Writes watermark: for each kind of fact and source, up to when facts are known to have come in.
-- The latest moment at which the source recorded a fact of the kind; where it does not say, when the fact began, but never
-- later than the latest thing recorded or done that is known (a roster planned for next year proves nothing about today).
-- A heartbeat, by which the source said that it had nothing new, counts like a delivery of that moment.
WITH known AS (
  SELECT max(at) AS at
  FROM (
    SELECT max(recorded_at) AS at FROM stored_fact WHERE "index" < $size
    UNION ALL
    SELECT max(occurred_at) AS at FROM stored_access WHERE "index" < $size
  )
),
delivered AS (
  SELECT f.kind, f.source, max(coalesce(f.recorded_at, least(f.valid_from, k.at))) AS at
  FROM stored_fact AS f
  CROSS JOIN known AS k
  WHERE f."index" < $size
  GROUP BY f.kind, f.source
)
SELECT d.kind, d.source, greatest(d.at, coalesce(h.at, d.at)) AS delivered_to
FROM delivered AS d
LEFT JOIN (SELECT source, max(at) AS at FROM heartbeat GROUP BY source) AS h ON h.source = d.source
WHERE d.at IS NOT NULL
