-- Writes feature_household: at how many looks the actor had explained work, within a day, with someone at the subject's address.
-- Why: whoever deals with one member of a household opens the records of the others; that is work, though no record says so.
WITH worked AS (
    SELECT DISTINCT access.actor, access.subject, CAST(access.occurred_at AS DATE) AS day
    FROM access
    JOIN access_state ON access_state.access = access.access
    WHERE access_state.state = 'explained'
        AND access.subject_kind <> 'table'
        AND access.actor IN (SELECT look.actor FROM look)
),

home AS (
    SELECT DISTINCT worked.actor, worked.subject, worked.day, upper(trim(subject.address)) AS address
    FROM worked
    JOIN subject
        ON subject.subject = worked.subject
        AND subject.valid_from < worked.day + INTERVAL 1 DAY
        AND worked.day < subject.valid_to
    WHERE upper(trim(subject.address)) IN (SELECT subject_then.address FROM subject_then)
)

SELECT look.finding, count(DISTINCT look.access) AS household_work
FROM look
JOIN subject_then ON subject_then.access = look.access
JOIN home
    ON home.actor = look.actor
    AND home.address = subject_then.address
    AND home.subject <> look.subject
    AND look.day - 1 <= home.day
    AND home.day < look.day + 2
GROUP BY look.finding
