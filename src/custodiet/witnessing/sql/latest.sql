-- Reads the latest time that was ever signed, for any log.
SELECT coalesce(max(time), 0) AS time FROM cosigned
