-- Writes feature_colleague: whether the subject is another member of the workforce, and of the actor's own unit.
-- Why: colleagues are looked up out of curiosity, grievance and rivalry. Name and date of birth must both agree.
WITH matched AS (
    SELECT
        look.finding,
        look.access,
        look.occurred_at,
        look.actor,
        staff.person AS colleague
    FROM look
    JOIN subject_then ON subject_then.access = look.access
    JOIN staff
        ON upper(trim(staff.surname)) = subject_then.surname
        AND upper(trim(staff.forename)) = subject_then.forename
        AND staff.date_of_birth = subject_then.date_of_birth
        AND staff.valid_from <= look.occurred_at
        AND look.occurred_at < staff.valid_to
    WHERE staff.person <> look.actor
),

placed AS (
    SELECT matched.access, matched.colleague, bool_or(own.unit = other.unit) AS same_unit
    FROM matched
    JOIN posting AS own
        ON own.person = matched.actor AND own.valid_from <= matched.occurred_at AND matched.occurred_at < own.valid_to
    JOIN posting AS other
        ON other.person = matched.colleague
        AND other.valid_from <= matched.occurred_at
        AND matched.occurred_at < other.valid_to
    GROUP BY matched.access, matched.colleague
)

SELECT matched.finding, min(matched.colleague) AS colleague, bool_or(placed.same_unit) AS colleague_in_unit
FROM matched
LEFT JOIN placed ON placed.access = matched.access AND placed.colleague = matched.colleague
GROUP BY matched.finding
