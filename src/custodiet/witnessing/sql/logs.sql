-- Reads each known log with the size and time cosigned last, and how many of its requests were refused as inconsistent.
SELECT
    known.origin,
    cosigned.size,
    cosigned.time,
    (SELECT count(*) FROM refused WHERE refused.origin = known.origin) AS refusals
FROM (SELECT DISTINCT origin FROM known_log) AS known
LEFT JOIN cosigned ON cosigned.origin = known.origin
ORDER BY known.origin
