-- Writes a request that a known log signed and that does not fit what was cosigned: evidence. Only the first few are kept.
INSERT INTO refused (origin, at, reason, body)
SELECT $origin, $at, $reason, $body
WHERE (SELECT count(*) FROM refused WHERE origin = $origin) < $most
