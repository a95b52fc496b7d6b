-- Writes tie_record: each description with its names, number, door and street in one spelling, so that they can be compared.
-- Why: O'Neill and ONEILL are one name, +44 7700 and 07700 one number, 'Flat 2, 9 High St' and 'FLAT 2 9 HIGH STREET' one door.
-- The door is postcode, flat and house: what is missing is not guessed, and a door without a house or a postcode is none.
-- root is the name of which the given name is a short form, where the pack's list knows one.
WITH spelt AS (
    SELECT
        side,
        owner,
        subject_kind,
        relationship,
        valid_from,
        valid_to,
        fact,
        nullif(regexp_replace(upper(strip_accents(surname)), '[^A-Z]', '', 'g'), '') AS surname,
        nullif(regexp_extract(upper(strip_accents(forename)), '[A-Z]+', 0), '') AS forename,
        CASE WHEN regexp_matches(date_of_birth, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') THEN date_of_birth END AS date_of_birth,
        nullif(regexp_replace(upper(postcode), '[^A-Z0-9]', '', 'g'), '') AS postcode,
        nullif(ltrim(regexp_replace(uprn, '[^0-9]', '', 'g'), '0'), '') AS uprn,
        regexp_replace(regexp_replace(phone, '[^0-9]', '', 'g'), '^(00)?44', '0') AS phone,
        trim(regexp_replace(regexp_replace(upper(strip_accents(address)), '[.'']', '', 'g'), '[ \t]+', ' ', 'g')) AS address
    FROM tie_source
),

parted AS (
    SELECT
        *,
        regexp_extract(address, '^(FLAT|APARTMENT|APT|UNIT|ROOM) ?([0-9]+[A-Z]?|[A-Z])(,| )', 2) AS flat,
        trim(regexp_replace(address, '^(FLAT|APARTMENT|APT|UNIT|ROOM) ?([0-9]+[A-Z]?|[A-Z])(, ?| )', '')) AS doors
    FROM spelt
),

housed AS (
    SELECT
        *,
        CASE
            WHEN regexp_matches(doors, '^[0-9]+[A-Z]?,? ') THEN regexp_extract(doors, '^([0-9]+[A-Z]?)', 1)
            WHEN strpos(doors, ',') > 0 THEN trim(split_part(doors, ',', 1))
        END AS house,
        CASE
            WHEN regexp_matches(doors, '^[0-9]+[A-Z]?,? ') THEN trim(split_part(regexp_replace(doors, '^[0-9]+[A-Z]?,? ', ''), ',', 1))
            WHEN strpos(doors, ',') > 0 THEN trim(split_part(doors, ',', 2))
        END AS street_written
    FROM parted
),

worded AS (
    SELECT
        *,
        nullif(
            coalesce(
                regexp_replace(street_written, ' [A-Z]+$', '')
                || ' '
                || CASE regexp_extract(street_written, ' ([A-Z]+)$', 1)
                    WHEN 'ST' THEN 'STREET'
                    WHEN 'RD' THEN 'ROAD'
                    WHEN 'AVE' THEN 'AVENUE'
                    WHEN 'AV' THEN 'AVENUE'
                    WHEN 'LN' THEN 'LANE'
                    WHEN 'DR' THEN 'DRIVE'
                    WHEN 'CL' THEN 'CLOSE'
                    WHEN 'CT' THEN 'COURT'
                    WHEN 'CRES' THEN 'CRESCENT'
                    WHEN 'GDNS' THEN 'GARDENS'
                    WHEN 'PL' THEN 'PLACE'
                    WHEN 'SQ' THEN 'SQUARE'
                    WHEN 'TERR' THEN 'TERRACE'
                    ELSE nullif(regexp_extract(street_written, ' ([A-Z]+)$', 1), '')
                END,
                street_written
            ),
            ''
        ) AS street
    FROM housed
)

SELECT
    row_number() OVER (ORDER BY worded.side, worded.owner, worded.fact) AS record,
    worded.side,
    worded.owner,
    worded.subject_kind,
    worded.relationship,
    worded.surname,
    worded.forename,
    coalesce(nickname.root, worded.forename) AS root,
    worded.date_of_birth,
    worded.postcode,
    worded.uprn,
    worded.flat,
    worded.house,
    TRY_CAST(regexp_extract(worded.house, '^[0-9]+', 0) AS INTEGER) AS number,
    worded.street,
    worded.postcode || '/' || worded.flat || '/' || worded.house AS door,
    nullif(regexp_replace(worded.address, '[^A-Z0-9]', '', 'g'), '') AS premises,
    CASE WHEN length(worded.phone) >= 10 THEN worded.phone END AS phone,
    worded.valid_from,
    worded.valid_to,
    worded.fact
FROM worded
LEFT JOIN nickname ON nickname.name = worded.forename
