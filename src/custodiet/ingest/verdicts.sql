-- Writes a verdict on each row of a delivery that is not simply new: duplicate, conflict, or renamed (new, as a further equal of its kind).
-- Exact de-duplication: same identity and content is a duplicate, same identity and other content a conflict; the vault's row stands, else the first.
WITH
judged AS (
    SELECT keys.chunk, keys.position, keys.part, keys.content, keys.identity
    FROM keys
    ANTI JOIN renamed USING (position, part)
    UNION ALL
    SELECT chunk, position, part, content, identity FROM renamed
),
of_source AS (  -- the source is part of an identity already; named here, it lets whole row groups be passed over
    SELECT identity, content
    FROM known
    WHERE source = $source
    UNION ALL
    SELECT identity, NULL AS content FROM gone  -- what came under an identity that was erased or dropped does not come back
),
met AS (
    SELECT
        judged.chunk,
        judged.position,
        judged.part,
        judged.identity,
        bool_or(known.content IS NULL OR known.content = judged.content) AS same
    FROM judged
    JOIN of_source AS known ON known.identity = judged.identity
    GROUP BY ALL
)
SELECT chunk, position, part, identity, CASE WHEN same THEN 'duplicate' ELSE 'conflict' END AS verdict
FROM met
UNION ALL
SELECT chunk, position, part, identity, CASE WHEN content = first_content THEN 'duplicate' ELSE 'conflict' END AS verdict
FROM repeats
WHERE has_id AND ordinal > 0 AND identity NOT IN (SELECT identity FROM met)
UNION ALL
SELECT chunk, position, part, identity, 'renamed' AS verdict
FROM renamed
WHERE identity NOT IN (SELECT identity FROM met)
