-- Writes tie: every tie between a member of the workforce and a subject, with its nature, probability, reasons and time.
-- Why: one relation for whatever asks about ties; a question about a look takes the rows that hold at that moment.
-- Of rows that say the same of the same time, the likeliest stands. Where $all is false, only ties of a pair asked about are kept.
WITH found AS (
    SELECT person, subject, 'same_person' AS nature, probability, reasons, waterfall, method, valid_from, valid_to, basis
    FROM tie_person
    WHERE side = 'staff'
    UNION ALL
    SELECT person, subject, 'next_of_kin' AS nature, probability, reasons, waterfall, method, valid_from, valid_to, basis
    FROM tie_person
    WHERE side = 'next_of_kin'
    UNION ALL
    SELECT person, subject, nature, probability, reasons, waterfall, method, valid_from, valid_to, basis FROM tie_home
    UNION ALL
    SELECT person, subject, 'kin' AS nature, probability, reasons, waterfall, method, valid_from, valid_to, basis FROM tie_kin
    UNION ALL
    SELECT person, subject, 'neighbour' AS nature, probability, reasons, waterfall, method, valid_from, valid_to, basis FROM tie_neighbour
    UNION ALL
    SELECT person, subject, nature, probability, reasons, waterfall, method, valid_from, valid_to, basis FROM tie_shared
    UNION ALL
    SELECT person, subject, 'colleague' AS nature, probability, reasons, waterfall, method, valid_from, valid_to, basis FROM tie_colleague
    UNION ALL
    SELECT person, subject, 'declared' AS nature, probability, reasons, waterfall, method, valid_from, valid_to, basis FROM tie_declared
)

SELECT
    found.person,
    found.subject,
    found.nature,
    round(found.probability, 6) AS probability,
    found.reasons,
    found.waterfall,
    found.valid_from,
    found.valid_to,
    found.basis,
    found.method
FROM found
LEFT JOIN tie_asked AS asked ON asked.person = found.person AND asked.subject = found.subject
WHERE $all OR asked.subject IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY found.person, found.subject, found.nature, found.valid_from, found.valid_to
    ORDER BY found.probability DESC, found.method, found.waterfall, found.basis
) = 1
