-- Writes tie_neighbour: subjects whose home is at most two numbers from a member of staff's, or another flat of his house.
-- Why: a neighbour is a matter of doors. A postcode holds a whole street, and half the street are strangers.
-- The street must be one, or one but for a slip, within one sector of postcodes; where postcode and street are as written in both,
-- nothing is estimated, and else the chance is $slip.
WITH staff_door AS (
    SELECT
        record,
        owner,
        fact,
        valid_from,
        valid_to,
        street,
        postcode,
        flat,
        house,
        uprn,
        number,
        left(postcode, length(postcode) - 2) AS sector,
        unnest([number - 2, number - 1, number, number + 1, number + 2]) AS near
    FROM tie_record
    WHERE side = 'staff' AND street IS NOT NULL AND number IS NOT NULL AND length(postcode) >= 5
),

subject_door AS (
    SELECT
        record,
        owner,
        fact,
        valid_from,
        valid_to,
        street,
        postcode,
        flat,
        house,
        uprn,
        number,
        left(postcode, length(postcode) - 2) AS sector
    FROM tie_record
    WHERE side = 'subject' AND street IS NOT NULL AND number IS NOT NULL AND length(postcode) >= 5
)

SELECT
    l.owner AS person,
    r.owner AS subject,
    CASE WHEN l.street = r.street AND l.postcode = r.postcode THEN CAST(1 AS DOUBLE) ELSE CAST($slip AS DOUBLE) END AS probability,
    CASE
        WHEN l.number = r.number THEN 'another flat of the house'
        ELSE CAST(abs(l.number - r.number) AS VARCHAR) || ' numbers along the street'
    END AS reasons,
    CASE
        WHEN l.number = r.number THEN '[["home","another flat of the house",null]]'
        ELSE '[["home","' || CAST(abs(l.number - r.number) AS VARCHAR) || ' numbers along the street",null]]'
    END AS waterfall,
    'neighbour/1' AS method,
    greatest(l.valid_from, r.valid_from) AS valid_from,
    least(l.valid_to, r.valid_to) AS valid_to,
    [l.fact, r.fact] AS basis
FROM staff_door AS l
JOIN subject_door AS r ON r.sector = l.sector AND r.number = l.near
LEFT JOIN (SELECT DISTINCT person, subject FROM tie_person WHERE side = 'staff') AS himself
    ON himself.person = l.owner AND himself.subject = r.owner
LEFT JOIN (SELECT DISTINCT left_record, right_record FROM tie_home) AS home
    ON home.left_record = l.record AND home.right_record = r.record
WHERE greatest(l.valid_from, r.valid_from) < least(l.valid_to, r.valid_to)
    AND (l.street = r.street OR (l.postcode = r.postcode AND jaro_winkler_similarity(l.street, r.street) >= 0.92))
    AND (l.number <> r.number OR (l.house = r.house AND l.flat <> r.flat) OR l.uprn <> r.uprn)
    AND himself.subject IS NULL
    AND home.right_record IS NULL
