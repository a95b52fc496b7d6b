-- Reads the keys that may sign for the log.
SELECT vkey FROM known_log WHERE origin = $origin ORDER BY added_at, vkey
