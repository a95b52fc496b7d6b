-- Writes tie_left: of staff and their next of kin, each description with the surnames, doors and numbers known of them by then.
-- Why: who marries or moves is described anew, and the records of others lag behind. What came later is not in the list: a tie
-- is judged by what was known at its time.
SELECT
    own.record AS unique_id,
    own.surname,
    own.forename,
    own.root,
    own.date_of_birth,
    own.postcode,
    own.uprn,
    own.flat,
    own.house,
    own.number,
    own.street,
    own.door,
    own.premises,
    own.phone,
    list(DISTINCT earlier.surname ORDER BY earlier.surname) FILTER (WHERE earlier.surname IS NOT NULL) AS surnames,
    list(DISTINCT earlier.door ORDER BY earlier.door) FILTER (WHERE earlier.door IS NOT NULL) AS doors,
    list(DISTINCT earlier.postcode ORDER BY earlier.postcode) FILTER (WHERE earlier.postcode IS NOT NULL) AS postcodes,
    list(DISTINCT earlier.phone ORDER BY earlier.phone) FILTER (WHERE earlier.phone IS NOT NULL) AS phones
FROM tie_record AS own
JOIN tie_record AS earlier
    ON earlier.side = own.side
    AND earlier.owner = own.owner
    AND (own.side = 'staff' OR earlier.record = own.record)
    AND earlier.valid_from <= own.valid_from
WHERE own.side <> 'subject'
GROUP BY ALL
