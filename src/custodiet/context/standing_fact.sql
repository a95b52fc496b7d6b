-- Writes standing_fact: the facts that stand when the first $size entries of the ledger are known.
-- A source that speaks again under the same identifier of a fact replaces what it said before (the latest index stands),
-- and may take it back, in which case nothing stands. A fact without an identifier can be neither replaced nor taken back.
SELECT
  f."index",
  f.person,
  f.subject,
  f.counterpart,
  f.kind,
  f."key",
  f.attributes,
  f.valid_from,
  f.valid_to,
  f.source,
  f.recorded_at,
  f.recorded_by
FROM stored_fact AS f
LEFT JOIN (
  SELECT source, kind, source_fact_id, max("index") AS latest
  FROM stored_fact
  WHERE "index" < $size AND source_fact_id IS NOT NULL
  GROUP BY source, kind, source_fact_id
) AS l
  ON l.source = f.source AND l.kind = f.kind AND l.source_fact_id = f.source_fact_id
WHERE f."index" < $size
  AND NOT f.withdrawn
  AND (f.source_fact_id IS NULL OR f."index" = l.latest)
