-- Writes sampled_access: $count of the accesses, chosen by the digest of the seed and their number.
-- Every figure of an evaluation is about these and about fakes made from them. Whole tables have no single subject.
SELECT *
FROM access
WHERE subject_kind <> 'table'
ORDER BY md5($seed || '|sample|' || access), access
LIMIT $count
