-- Writes the rows without an identifier that are a further equal of their kind, each under the identity of its rank.
SELECT
    chunk,
    position,
    part,
    content,
    unhex(substr(sha256(CAST(to_json(['content', $source, lower(hex(content)), CAST(ordinal AS VARCHAR)]) AS VARCHAR)), 1, 32)) AS identity
FROM repeats
WHERE NOT has_id AND ordinal > 0
