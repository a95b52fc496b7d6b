-- Writes tie_colleague: subjects who are another member of the workforce, of one's own unit or looked at by whom is asked about.
-- Why: colleagues are looked up out of curiosity and grievance. Everyone is a colleague of everyone: outside the unit the tie is
-- drawn only where a look is in question.
WITH member AS (
    SELECT person AS colleague, subject, probability, reasons, waterfall, method, valid_from, valid_to, basis
    FROM tie_person
    WHERE side = 'staff'
),

beside AS (
    SELECT DISTINCT
        own.person,
        other.person AS colleague,
        greatest(own.valid_from, other.valid_from) AS since,
        least(own.valid_to, other.valid_to) AS until
    FROM posting AS own
    JOIN posting AS other
        ON other.unit = own.unit
        AND other.person <> own.person
        AND greatest(own.valid_from, other.valid_from) < least(own.valid_to, other.valid_to)
    WHERE other.person IN (SELECT member.colleague FROM member)
)

SELECT
    asked.person,
    member.subject,
    member.probability,
    member.reasons,
    member.waterfall,
    member.method,
    member.valid_from,
    member.valid_to,
    member.basis
FROM member
JOIN tie_asked AS asked ON asked.subject = member.subject AND asked.person <> member.colleague
UNION
SELECT
    beside.person,
    member.subject,
    member.probability,
    member.reasons,
    member.waterfall,
    member.method,
    greatest(member.valid_from, beside.since) AS valid_from,
    least(member.valid_to, beside.until) AS valid_to,
    member.basis
FROM member
JOIN beside ON beside.colleague = member.colleague
WHERE greatest(member.valid_from, beside.since) < least(member.valid_to, beside.until)
