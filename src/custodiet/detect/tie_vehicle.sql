-- Writes tie_vehicle: each registration mark on record, with whose it is and when.
-- Why: marks are written with and without spaces; the letter O and the figure 0, I and 1 are one in them.
WITH kept AS (
    SELECT 'staff' AS side, person AS owner, unnest(string_split(vehicle, ';')) AS mark, valid_from, valid_to, fact
    FROM staff
    UNION ALL
    SELECT 'subject' AS side, subject AS owner, unnest(string_split(vehicle, ';')) AS mark, valid_from, valid_to, fact
    FROM subject
    UNION ALL
    SELECT 'subject' AS side, subject AS owner, identifier AS mark, valid_from, valid_to, fact
    FROM subject_identifier
    WHERE lower(scheme) = 'vrm'
)

SELECT side, owner, translate(regexp_replace(upper(mark), '[^A-Z0-9]', '', 'g'), 'OI', '01') AS mark, valid_from, valid_to, fact
FROM kept
WHERE length(regexp_replace(upper(mark), '[^A-Z0-9]', '', 'g')) >= 2
