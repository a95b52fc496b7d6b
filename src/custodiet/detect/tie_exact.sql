-- Writes tie_pair without any linkage: descriptions of one person or of one home where they agree word for word.
-- Why: an installation without the library for linkage still sees these. The probability is 1, since nothing is estimated.
-- One person: the same names and date of birth; or the same names and door where a date of birth is missing.
-- One home: the same door, the same property number, or the same whole address where a postcode is missing.
WITH staff_side AS (
    SELECT * FROM tie_record WHERE side <> 'subject'
),

subject_side AS (
    SELECT * FROM tie_record WHERE side = 'subject'
),

person AS (
    SELECT
        l.record AS left_record,
        r.record AS right_record,
        'one name, one date of birth' AS reasons,
        '[["name","one name",null],["birth","one date of birth",null]]' AS waterfall
    FROM staff_side AS l
    JOIN subject_side AS r
        ON l.surname = r.surname AND l.forename = r.forename AND l.date_of_birth = r.date_of_birth
    WHERE r.subject_kind = 'person'
    UNION ALL
    SELECT
        l.record AS left_record,
        r.record AS right_record,
        'one name, one home' AS reasons,
        '[["name","one name",null],["home","one home",null]]' AS waterfall
    FROM staff_side AS l
    JOIN subject_side AS r ON l.surname = r.surname AND l.forename = r.forename AND l.door = r.door
    WHERE r.subject_kind = 'person' AND (l.date_of_birth IS NULL OR r.date_of_birth IS NULL)
),

home AS (
    SELECT l.record AS left_record, r.record AS right_record
    FROM staff_side AS l
    JOIN subject_side AS r ON l.door = r.door
    UNION
    SELECT l.record AS left_record, r.record AS right_record
    FROM staff_side AS l
    JOIN subject_side AS r ON l.uprn = r.uprn
    UNION
    SELECT l.record AS left_record, r.record AS right_record
    FROM staff_side AS l
    JOIN subject_side AS r ON l.premises = r.premises
    WHERE l.postcode IS NULL OR r.postcode IS NULL
)

SELECT
    'same_person' AS question,
    left_record,
    right_record,
    CAST(1 AS DOUBLE) AS probability,
    reasons,
    waterfall,
    'exact/1' AS method
FROM person
UNION ALL
SELECT
    'same_home' AS question,
    left_record,
    right_record,
    CAST(1 AS DOUBLE) AS probability,
    'one address' AS reasons,
    '[["home","one address",null]]' AS waterfall,
    'exact/1' AS method
FROM home
