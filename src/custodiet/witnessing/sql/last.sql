-- Reads the newest checkpoint that was cosigned of the log: its note, and the time that was signed.
SELECT note, time FROM cosigned WHERE origin = $origin
