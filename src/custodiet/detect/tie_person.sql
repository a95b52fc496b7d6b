-- Writes tie_person: who of the staff, or of their next of kin, is which subject, while both descriptions hold.
-- Why: the strongest of several pairs of descriptions stands, and who is the actor himself is no tie of another nature.
SELECT
    l.side,
    l.owner AS person,
    l.relationship,
    r.owner AS subject,
    pair.probability,
    pair.reasons,
    pair.waterfall,
    pair.method,
    greatest(l.valid_from, r.valid_from) AS valid_from,
    least(l.valid_to, r.valid_to) AS valid_to,
    [l.fact, r.fact] AS basis
FROM tie_pair AS pair
JOIN tie_record AS l ON l.record = pair.left_record
JOIN tie_record AS r ON r.record = pair.right_record
WHERE pair.question = 'same_person' AND greatest(l.valid_from, r.valid_from) < least(l.valid_to, r.valid_to)
