-- Writes feature_tie: what actor and subject have in common, each as described at the look: name, birth, address, phone.
-- Why: harm comes in ties. A tie that cannot be told, because a field is not known, is NULL and never false.
-- The same person: same names and date of birth; or same names and address where a date of birth is missing. Father and son
-- of one name at one address have two dates of birth and are two people.
-- An address of many subjects (a hostel, a station) is no household: the number of people known there goes along.
WITH compared AS (
    SELECT
        actor.finding,
        actor.surname AS surname,
        subject.address AS address,
        actor.surname = subject.surname AS same_surname,
        actor.address = subject.address AS same_address,
        actor.postcode = subject.postcode AS same_postcode,
        CASE WHEN length(actor.phone) >= 6 THEN actor.phone = subject.phone END AS same_phone,
        CASE
            WHEN subject.subject_kind <> 'person' THEN NULL
            WHEN actor.date_of_birth IS NOT NULL AND subject.date_of_birth IS NOT NULL
                THEN actor.surname = subject.surname AND actor.forename = subject.forename
                    AND actor.date_of_birth = subject.date_of_birth
            ELSE actor.surname = subject.surname AND actor.forename = subject.forename
                AND actor.address = subject.address
        END AS is_self
    FROM staff_then AS actor
    JOIN subject_then AS subject ON subject.access = actor.access
),

tie AS (
    SELECT
        finding,
        bool_or(is_self) AS is_self,
        bool_or(same_surname) AS same_surname,
        bool_or(same_address) AS same_address,
        bool_or(same_surname AND same_address) AS same_surname_and_address,
        bool_or(same_postcode) AS same_postcode,
        bool_or(same_phone) AS same_phone,
        min(surname) FILTER (WHERE same_surname) AS surname,
        min(address) FILTER (WHERE same_address) AS address
    FROM compared
    GROUP BY finding
),

people AS (
    SELECT count(DISTINCT subject) AS people
    FROM subject
    WHERE subject_kind = 'person' AND surname IS NOT NULL
),

bearer AS (
    SELECT upper(trim(subject.surname)) AS surname, count(DISTINCT subject.subject) AS bearers
    FROM subject
    WHERE subject.subject_kind = 'person'
        AND upper(trim(subject.surname)) IN (SELECT tie.surname FROM tie)
    GROUP BY upper(trim(subject.surname))
),

dweller AS (
    SELECT upper(trim(subject.address)) AS address, count(DISTINCT subject.subject) AS dwellers
    FROM subject
    WHERE subject.subject_kind = 'person'
        AND upper(trim(subject.address)) IN (SELECT tie.address FROM tie)
    GROUP BY upper(trim(subject.address))
)

SELECT
    tie.finding,
    tie.is_self,
    tie.same_surname,
    tie.same_address,
    tie.same_surname_and_address,
    tie.same_postcode,
    tie.same_phone,
    CASE WHEN tie.same_address THEN coalesce(dweller.dwellers, 0) END AS people_at_address,
    CASE WHEN people.people >= 1000 THEN round(10000.0 * bearer.bearers / people.people, 2) END AS surname_per_10000
FROM tie
CROSS JOIN people
LEFT JOIN bearer ON bearer.surname = tie.surname
LEFT JOIN dweller ON dweller.address = tie.address
