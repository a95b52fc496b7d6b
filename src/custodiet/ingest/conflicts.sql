-- Writes the records of one chunk that are in conflict, as they go to quarantine: one row each.
-- The record bears an identifier that already came with other content, and the first stands.
SELECT
    chunk.position,
    min(chunk.part) AS part,
    any_value(chunk.original) AS original,
    'conflict' AS reason,
    'source_event_id' AS field,
    min(chunk.source_event_id) AS found,
    'the content that first came under this identifier' AS expected
FROM chunk
JOIN verdicts ON verdicts.position = chunk.position AND verdicts.part = chunk.part
WHERE verdicts.verdict = 'conflict'
GROUP BY chunk.position
ORDER BY chunk.position
