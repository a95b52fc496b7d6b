-- Writes urgent_access: pending accesses that a hard rule speaks of whatever is still under way, and which rule it is.
-- Why: no roster and no incident that may yet come makes it right to read one's own record, or to look while suspended; who
-- waits for the last source before he says so waits for days. The signals say it as they always do; this only lets them.
-- Says what feature_tie and feature_duty say of the same look, hour before and after recorded work included: what is put
-- forward for a rule has that rule's signal.
WITH waiting AS (
    SELECT access.access, access.actor, access.subject, access.occurred_at
    FROM access
    JOIN access_state ON access_state.access = access.access
    WHERE access_state.state = 'pending' AND access.subject_kind <> 'table'
),

actor_then AS (
    SELECT
        waiting.access,
        upper(trim(staff.surname)) AS surname,
        upper(trim(staff.forename)) AS forename,
        staff.date_of_birth,
        upper(trim(staff.address)) AS address
    FROM waiting
    JOIN staff
        ON staff.person = waiting.actor AND staff.valid_from <= waiting.occurred_at AND waiting.occurred_at < staff.valid_to
    QUALIFY row_number() OVER (PARTITION BY waiting.access ORDER BY staff.valid_from DESC, staff.fact DESC) = 1
),

subject_then AS (
    SELECT
        waiting.access,
        subject.subject_kind,
        upper(trim(subject.surname)) AS surname,
        upper(trim(subject.forename)) AS forename,
        subject.date_of_birth,
        upper(trim(subject.address)) AS address
    FROM waiting
    JOIN subject
        ON subject.subject = waiting.subject
        AND subject.valid_from <= waiting.occurred_at AND waiting.occurred_at < subject.valid_to
    QUALIFY row_number() OVER (PARTITION BY waiting.access ORDER BY subject.valid_from DESC, subject.fact DESC) = 1
)

SELECT one.access, 'self' AS rule
FROM actor_then AS one
JOIN subject_then AS other ON other.access = one.access AND other.surname = one.surname AND other.forename = one.forename
WHERE other.subject_kind = 'person'
    AND coalesce(one.date_of_birth = other.date_of_birth, one.address = other.address)
UNION
SELECT waiting.access, 'suspended' AS rule
FROM waiting
JOIN duty
    ON duty.person = waiting.actor AND duty.duty = 'suspended'
    AND duty.valid_from <= waiting.occurred_at AND waiting.occurred_at < duty.valid_to
WHERE NOT EXISTS (
    SELECT 1
    FROM duty AS worked
    WHERE worked.person = waiting.actor AND worked.status = 'worked'
        AND worked.duty IN ('duty', 'overtime', 'on_call', 'court', 'training')
        AND worked.valid_from - INTERVAL 60 MINUTE <= waiting.occurred_at
        AND waiting.occurred_at < worked.valid_to + INTERVAL 60 MINUTE
)
