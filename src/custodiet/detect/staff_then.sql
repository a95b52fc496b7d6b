-- Writes staff_then: the actor of each look as the personnel system described him at that moment.
-- Why: a name or an address of another time proves nothing about the day of the look.
-- Where two rows hold at once, the one that began last stands, then the one entered last.
SELECT
    look.access,
    look.finding,
    staff.rank,
    upper(trim(staff.surname)) AS surname,
    upper(trim(staff.forename)) AS forename,
    staff.date_of_birth,
    upper(trim(staff.address)) AS address,
    upper(replace(staff.postcode, ' ', '')) AS postcode,
    regexp_replace(staff.phone, '[^0-9]', '', 'g') AS phone
FROM look
JOIN staff
    ON staff.person = look.actor AND staff.valid_from <= look.occurred_at AND look.occurred_at < staff.valid_to
QUALIFY row_number() OVER (PARTITION BY look.access ORDER BY staff.valid_from DESC, staff.fact DESC) = 1
