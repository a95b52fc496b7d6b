-- Writes serving: in which unit, and in which area if any, the actor of each access served at that moment.
-- Who has two postings at once counts as of the one that began last, then of the later entry, so that an access has one row.
SELECT a.access, a.actor, CAST(a.occurred_at AS DATE) AS day, p.unit, p.area
FROM access AS a
JOIN posting AS p ON p.person = a.actor AND p.valid_from <= a.occurred_at AND a.occurred_at < p.valid_to
WHERE a.subject_kind <> 'table'
QUALIFY row_number() OVER (PARTITION BY a.access ORDER BY p.valid_from DESC, p.fact DESC) = 1
