-- Writes tie_right: the descriptions of subjects, in the columns of tie_left.
-- Why: the two are linked as they stand; a subject's earlier descriptions are rows of their own.
SELECT
    record AS unique_id,
    surname,
    forename,
    root,
    date_of_birth,
    postcode,
    uprn,
    flat,
    house,
    number,
    street,
    door,
    premises,
    phone,
    CAST(NULL AS VARCHAR[]) AS surnames,
    CAST(NULL AS VARCHAR[]) AS doors,
    CAST(NULL AS VARCHAR[]) AS postcodes,
    CAST(NULL AS VARCHAR[]) AS phones,
    subject_kind
FROM tie_record
WHERE side = 'subject'
