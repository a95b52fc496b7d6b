-- Writes feature_former_home: whether actor and subject once lived at one address at the same time, before the look.
-- Why: the former partner is the tie that the address of today does not show. Only addresses with a known start and end on
-- one side at least can be former ones; an address of many subjects is no household.
WITH pair AS (
    SELECT finding, actor, subject, max(occurred_at) AS last_at
    FROM look
    GROUP BY finding, actor, subject
),

shared AS (
    SELECT
        pair.finding,
        upper(trim(staff.address)) AS address,
        least(staff.valid_to, subject.valid_to) AS until
    FROM pair
    JOIN staff ON staff.person = pair.actor
    JOIN subject ON subject.subject = pair.subject AND upper(trim(subject.address)) = upper(trim(staff.address))
    WHERE greatest(staff.valid_from, subject.valid_from) < least(staff.valid_to, subject.valid_to)
        AND least(staff.valid_to, subject.valid_to) <= pair.last_at
),

dweller AS (
    SELECT upper(trim(subject.address)) AS address, count(DISTINCT subject.subject) AS dwellers
    FROM subject
    WHERE subject.subject_kind = 'person'
        AND upper(trim(subject.address)) IN (SELECT shared.address FROM shared)
    GROUP BY upper(trim(subject.address))
)

SELECT shared.finding, bool_or(coalesce(dweller.dwellers, 0) <= 12) AS shared_former_home
FROM shared
LEFT JOIN dweller ON dweller.address = shared.address
GROUP BY shared.finding
