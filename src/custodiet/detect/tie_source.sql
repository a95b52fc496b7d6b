-- Writes tie_source: every description that a tie can rest on, in one shape: of staff, of their next of kin, of subjects.
-- Why: one normalisation then serves all of them. Where $all is false, only subjects are described that tie_asked names: of a
-- person whose record nobody opened no tie is drawn.
SELECT
    'staff' AS side,
    staff.person AS owner,
    staff.surname,
    staff.forename,
    staff.date_of_birth,
    staff.address,
    staff.postcode,
    staff.uprn,
    staff.phone,
    CAST(NULL AS VARCHAR) AS relationship,
    'person' AS subject_kind,
    staff.valid_from,
    staff.valid_to,
    staff.fact
FROM staff
UNION ALL
SELECT
    'next_of_kin' AS side,
    next_of_kin.person AS owner,
    next_of_kin.surname,
    next_of_kin.forename,
    next_of_kin.date_of_birth,
    next_of_kin.address,
    next_of_kin.postcode,
    next_of_kin.uprn,
    next_of_kin.phone,
    replace(lower(next_of_kin.relationship), '_', '-') AS relationship,
    'person' AS subject_kind,
    next_of_kin.valid_from,
    next_of_kin.valid_to,
    next_of_kin.fact
FROM next_of_kin
UNION ALL
SELECT
    'subject' AS side,
    subject.subject AS owner,
    subject.surname,
    subject.forename,
    subject.date_of_birth,
    subject.address,
    subject.postcode,
    subject.uprn,
    subject.phone,
    CAST(NULL AS VARCHAR) AS relationship,
    subject.subject_kind,
    subject.valid_from,
    subject.valid_to,
    subject.fact
FROM subject
WHERE $all OR subject.subject IN (SELECT tie_asked.subject FROM tie_asked)
