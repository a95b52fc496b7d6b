-- Writes the employment, rank, unit and role that an actor had at a moment; no row where the staff record does not know him.
-- Why: a person is shown as what he was at the time of the looks, not as what he is today.
SELECT staff.employment, staff.rank, posting.unit, posting.role
FROM staff
LEFT JOIN posting
    ON posting.person = staff.person AND posting.valid_from <= $as_at AND posting.valid_to > $as_at
WHERE staff.person = $actor AND staff.valid_from <= $as_at AND staff.valid_to > $as_at
ORDER BY staff.fact DESC, posting.fact DESC
LIMIT 1
