-- Writes feature_household: at how many looks the actor had explained work, within a day, with someone at the subject's address.
-- Why: whoever deals with one member of a household opens the records of the others; that is work, though no record says so.
WITH beside AS (
    SELECT DISTINCT look.finding, look.access, look.actor, look.day, other.subject
    FROM look
    JOIN subject_then ON subject_then.access = look.access
    JOIN subject AS other
        ON upper(trim(other.address)) = subject_then.address
        AND other.subject <> look.subject
        AND other.valid_from <= look.occurred_at
        AND look.occurred_at < other.valid_to
)

SELECT beside.finding, count(DISTINCT beside.access) AS household_work
FROM beside
JOIN access
    ON access.actor = beside.actor
    AND access.subject = beside.subject
    AND beside.day - 1 <= access.occurred_at
    AND access.occurred_at < beside.day + 2
JOIN access_state ON access_state.access = access.access
WHERE access_state.state = 'explained' AND access.subject_kind <> 'table'
GROUP BY beside.finding
