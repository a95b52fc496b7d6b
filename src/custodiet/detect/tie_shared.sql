-- Writes tie_shared: subjects who have the private telephone number or a vehicle of a member of staff on record as their own.
-- Why: a number in common is how undeclared partners show. One that more than $bearers people have is a switchboard or a
-- placeholder. A slip in a number is not looked for: among millions of numbers each has many that differ by a digit.
WITH held AS (
    SELECT 'shared_phone' AS nature, side, owner, phone AS held, valid_from, valid_to, fact
    FROM tie_record
    WHERE phone IS NOT NULL AND side <> 'next_of_kin'
    UNION ALL
    SELECT 'shared_vehicle' AS nature, side, owner, mark AS held, valid_from, valid_to, fact
    FROM tie_vehicle
),

common AS (
    SELECT nature, held
    FROM held
    GROUP BY nature, held
    HAVING count(DISTINCT (side, owner)) > $bearers
)

SELECT
    l.nature,
    l.owner AS person,
    r.owner AS subject,
    CAST(1 AS DOUBLE) AS probability,
    CASE WHEN l.nature = 'shared_phone' THEN 'one telephone number' ELSE 'one registration mark' END AS reasons,
    CASE
        WHEN l.nature = 'shared_phone' THEN '[["phone","one telephone number",null]]'
        ELSE '[["vehicle","one registration mark",null]]'
    END AS waterfall,
    'shared/1' AS method,
    greatest(l.valid_from, r.valid_from) AS valid_from,
    least(l.valid_to, r.valid_to) AS valid_to,
    [l.fact, r.fact] AS basis
FROM held AS l
JOIN held AS r ON r.nature = l.nature AND r.held = l.held
LEFT JOIN common ON common.nature = l.nature AND common.held = l.held
LEFT JOIN (SELECT DISTINCT person, subject FROM tie_person WHERE side = 'staff') AS himself
    ON himself.person = l.owner AND himself.subject = r.owner
WHERE l.side = 'staff'
    AND r.side = 'subject'
    AND common.held IS NULL
    AND himself.subject IS NULL
    AND greatest(l.valid_from, r.valid_from) < least(l.valid_to, r.valid_to)
