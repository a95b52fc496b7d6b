-- Writes feature_former_home: whether the subject's address was once the actor's, and whether they are known to have lived
-- there at the same time.
-- Why: the former partner is the tie that the address of today does not show. A later occupant is a stranger, and a record
-- made after the actor moved out cannot tell the two apart: that is the weaker sign. An address of many is no household.
WITH pair AS (
    SELECT finding, actor, subject, max(occurred_at) AS last_at
    FROM look
    GROUP BY finding, actor, subject
),

shared AS (
    SELECT
        pair.finding,
        upper(trim(staff.address)) AS address,
        greatest(staff.valid_from, subject.valid_from) < least(staff.valid_to, subject.valid_to)
        AND least(staff.valid_to, subject.valid_to) <= pair.last_at AS together,
        staff.valid_to <= pair.last_at
        AND subject.valid_from <= pair.last_at
        AND pair.last_at < subject.valid_to AS afterwards
    FROM pair
    JOIN staff ON staff.person = pair.actor
    JOIN subject ON subject.subject = pair.subject AND upper(trim(subject.address)) = upper(trim(staff.address))
),

dweller AS (
    SELECT upper(trim(subject.address)) AS address, count(DISTINCT subject.subject) AS dwellers
    FROM subject
    WHERE subject.subject_kind = 'person'
        AND upper(trim(subject.address)) IN (SELECT shared.address FROM shared)
    GROUP BY upper(trim(subject.address))
)

SELECT
    shared.finding,
    bool_or(shared.together AND coalesce(dweller.dwellers, 0) <= 12) AS shared_former_home,
    bool_or(shared.afterwards AND coalesce(dweller.dwellers, 0) <= 12) AS at_former_home
FROM shared
LEFT JOIN dweller ON dweller.address = shared.address
WHERE shared.together OR shared.afterwards
GROUP BY shared.finding
