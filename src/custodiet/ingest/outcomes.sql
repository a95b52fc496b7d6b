-- Writes how many records of a delivery are in conflict, and how many say nothing new.
-- A record is in conflict if one of its parts is, and a duplicate if all of them are: the law counts records.
SELECT
    count(*) FILTER (WHERE conflicts > 0) AS conflicts,
    count(*) FILTER (WHERE conflicts = 0 AND duplicates = parts) AS duplicates
FROM (
    SELECT
        keys.position,
        count(*) AS parts,
        count(*) FILTER (WHERE verdicts.verdict = 'conflict') AS conflicts,
        count(*) FILTER (WHERE verdicts.verdict = 'duplicate') AS duplicates
    FROM keys
    LEFT JOIN verdicts USING (position, part)
    WHERE keys.position IN (SELECT position FROM verdicts)
    GROUP BY keys.position
) AS records
