-- Writes tie_home: which subjects share, or once shared, the home of a member of staff; himself and crowded houses left out.
-- Why: a household is a tie while both live there, and afterwards those who lived together are still no strangers. Whoever lives
-- where the actor once did is told apart: perhaps a former partner, perhaps the next tenant. Who moved out before the actor
-- moved in is neither. A hostel or a station is no household: an address with more than $crowd people on record ties nobody.
-- Personnel begin a new description at each promotion: who is described anew at the same door has not moved.
WITH stay AS (
    SELECT side, owner, coalesce(door, premises, 'UPRN ' || uprn) AS home, max(valid_to) AS left_at
    FROM tie_record
    GROUP BY side, owner, coalesce(door, premises, 'UPRN ' || uprn)
),

pair AS (
    SELECT
        l.owner AS person,
        l.record AS left_record,
        r.owner AS subject,
        r.record AS right_record,
        r.subject_kind,
        tie_pair.probability,
        tie_pair.reasons,
        tie_pair.waterfall,
        tie_pair.method,
        greatest(l.valid_from, r.valid_from) AS both_from,
        least(l.valid_to, r.valid_to) AS both_to,
        coalesce(own.left_at, l.valid_to) AS left_at,
        coalesce(theirs.left_at, r.valid_to) AS subject_left_at,
        [l.fact, r.fact] AS basis,
        upper(trim(subject.address)) AS address,
        upper(trim(coalesce(subject.postcode, ''))) AS postcode
    FROM tie_pair
    JOIN tie_record AS l ON l.record = tie_pair.left_record
    JOIN tie_record AS r ON r.record = tie_pair.right_record
    JOIN subject ON subject.fact = r.fact AND subject.subject = r.owner
    LEFT JOIN stay AS own
        ON own.side = l.side AND own.owner = l.owner AND own.home = coalesce(l.door, l.premises, 'UPRN ' || l.uprn)
    LEFT JOIN stay AS theirs
        ON theirs.side = r.side AND theirs.owner = r.owner AND theirs.home = coalesce(r.door, r.premises, 'UPRN ' || r.uprn)
    LEFT JOIN (SELECT DISTINCT person, subject FROM tie_person WHERE side = 'staff') AS himself
        ON himself.person = l.owner AND himself.subject = r.owner
    WHERE tie_pair.question = 'same_home' AND l.side = 'staff' AND himself.subject IS NULL
),

crowded AS (
    SELECT upper(trim(subject.address)) AS address, upper(trim(coalesce(subject.postcode, ''))) AS postcode
    FROM subject
    WHERE subject.subject_kind = 'person' AND upper(trim(subject.address)) IN (SELECT pair.address FROM pair)
    GROUP BY upper(trim(subject.address)), upper(trim(coalesce(subject.postcode, '')))
    HAVING count(DISTINCT subject.subject) > $crowd
),

calm AS (
    SELECT pair.*
    FROM pair
    LEFT JOIN crowded ON crowded.address = pair.address AND crowded.postcode = pair.postcode
    WHERE crowded.address IS NULL
)

SELECT
    'household' AS nature,
    person,
    left_record,
    subject,
    right_record,
    probability,
    reasons,
    waterfall,
    method,
    both_from AS valid_from,
    both_to AS valid_to,
    basis
FROM calm
WHERE both_from < both_to
UNION ALL
SELECT
    'former_household' AS nature,
    person,
    left_record,
    subject,
    right_record,
    probability,
    reasons,
    waterfall,
    method,
    least(left_at, subject_left_at) AS valid_from,
    TIMESTAMP '9999-12-31 00:00:00' AS valid_to,
    basis
FROM calm
WHERE both_from < both_to
    AND least(left_at, subject_left_at) < TIMESTAMP '9999-12-31 00:00:00'
    AND subject_kind = 'person'
UNION ALL
SELECT
    'former_address' AS nature,
    person,
    left_record,
    subject,
    right_record,
    probability,
    reasons,
    waterfall,
    method,
    greatest(left_at, both_from) AS valid_from,
    subject_left_at AS valid_to,
    basis
FROM calm
WHERE greatest(left_at, both_from) < subject_left_at
