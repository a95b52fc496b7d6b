-- digests: the SHA-256 of each text, in hex and in the order given.
-- The engine hashes a vector of texts outside Python's lock, which a loop in Python cannot; its session has one thread
-- and keeps the order of insertion, so that row i of the result belongs to text i.
SELECT sha256(text) AS digest
FROM texts
