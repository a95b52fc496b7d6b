-- Writes the rows of front_finding in their order; where $finding is given, that one alone.
-- Why: a list and a single finding are read in the same way, behind the same walls.
SELECT finding, rank, actor, subject, first_at, last_at, accesses, unexplained, systems
FROM front_finding
WHERE finding = coalesce($finding, finding)
ORDER BY rank
