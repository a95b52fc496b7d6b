-- Writes the walls of one member of the workforce at a moment: actors and subjects whose matters he may not see, and why.
-- Why: nobody judges himself, his kin and household, those to whom a tie was declared, or his own line and team.
-- A tie that was declared and has ended still binds: kin do not cease, and a former partner is the last who should look.
-- side: actor or subject; tie: self, kin, line, supervisor or supervised.
WITH me AS (
    SELECT
        upper(trim(surname)) AS surname,
        upper(trim(forename)) AS forename,
        date_of_birth,
        upper(trim(address)) AS address
    FROM staff
    WHERE person = $staff_number AND valid_from <= $as_at
),

living_at AS (
    SELECT upper(trim(address)) AS address
    FROM staff
    WHERE person = $staff_number AND valid_from <= $as_at AND $as_at < valid_to AND address IS NOT NULL
),

my_record AS (
    SELECT DISTINCT subject.subject
    FROM subject
    JOIN me
        ON upper(trim(subject.surname)) = me.surname
        AND upper(trim(subject.forename)) = me.forename
        AND (
            subject.date_of_birth = me.date_of_birth
            OR (
                (subject.date_of_birth IS NULL OR me.date_of_birth IS NULL)
                AND upper(trim(subject.address)) = me.address
            )
        )
    WHERE subject.valid_from <= $as_at
),

declared AS (
    SELECT DISTINCT subject
    FROM association
    WHERE person = $staff_number AND valid_from <= $as_at
),

household AS (
    SELECT DISTINCT subject.subject
    FROM subject
    JOIN living_at ON living_at.address = upper(trim(subject.address))
    WHERE subject.valid_from <= $as_at AND $as_at < subject.valid_to
),

kin_person AS (
    SELECT staff.person
    FROM staff
    JOIN living_at ON living_at.address = upper(trim(staff.address))
    WHERE staff.valid_from <= $as_at AND $as_at < staff.valid_to
    UNION
    SELECT staff.person
    FROM staff
    JOIN subject
        ON upper(trim(subject.surname)) = upper(trim(staff.surname))
        AND upper(trim(subject.forename)) = upper(trim(staff.forename))
        AND subject.date_of_birth = staff.date_of_birth
    WHERE subject.subject IN (SELECT declared.subject FROM declared)
        AND staff.valid_from <= $as_at AND subject.valid_from <= $as_at
    UNION
    SELECT association.person
    FROM association
    WHERE association.subject IN (SELECT my_record.subject FROM my_record) AND association.valid_from <= $as_at
),

my_unit AS (
    SELECT unit
    FROM posting
    WHERE person = $staff_number AND valid_from <= $as_at AND $as_at < valid_to
),

my_account AS (
    SELECT account
    FROM account
    WHERE person = $staff_number AND valid_from <= $as_at
),

wall AS (
    SELECT 'actor' AS side, CAST($staff_number AS VARCHAR) AS id, 'self' AS tie
    UNION
    SELECT 'actor' AS side, 'account:' || account AS id, 'self' AS tie FROM my_account
    UNION
    SELECT 'subject' AS side, subject AS id, 'self' AS tie FROM my_record
    UNION
    SELECT 'subject' AS side, subject AS id, 'kin' AS tie FROM declared
    UNION
    SELECT 'subject' AS side, subject AS id, 'kin' AS tie FROM household
    UNION
    SELECT 'actor' AS side, person AS id, 'kin' AS tie FROM kin_person
    UNION
    SELECT 'actor' AS side, posting.person AS id, 'line' AS tie
    FROM posting
    WHERE posting.unit IN (SELECT my_unit.unit FROM my_unit)
        AND posting.valid_from <= $as_at AND $as_at < posting.valid_to
    UNION
    SELECT 'actor' AS side, supervision.supervisor AS id, 'supervisor' AS tie
    FROM supervision
    WHERE supervision.person = $staff_number AND supervision.valid_from <= $as_at AND $as_at < supervision.valid_to
    UNION
    SELECT 'actor' AS side, supervision.person AS id, 'supervised' AS tie
    FROM supervision
    WHERE supervision.supervisor = $staff_number AND supervision.valid_from <= $as_at AND $as_at < supervision.valid_to
)

SELECT side, id, tie
FROM wall
WHERE NOT (side = 'actor' AND id = $staff_number AND tie <> 'self')
