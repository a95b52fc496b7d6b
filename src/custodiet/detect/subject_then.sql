-- Writes subject_then: the subject of each look as the records described it at that moment.
-- Why: a name or an address of another time proves nothing about the day of the look.
-- Where two rows hold at once, the one that began last stands, then the one entered last.
SELECT
    look.access,
    look.finding,
    upper(trim(subject.surname)) AS surname,
    upper(trim(subject.forename)) AS forename,
    subject.date_of_birth,
    upper(trim(subject.address)) AS address,
    upper(replace(subject.postcode, ' ', '')) AS postcode,
    regexp_replace(subject.phone, '[^0-9]', '', 'g') AS phone,
    subject.subject_kind,
    subject.marker
FROM look
JOIN subject
    ON subject.subject = look.subject
    AND subject.valid_from <= look.occurred_at AND look.occurred_at < subject.valid_to
QUALIFY row_number() OVER (PARTITION BY look.access ORDER BY subject.valid_from DESC, subject.fact DESC) = 1
