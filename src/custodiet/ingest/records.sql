-- Writes how many records have a mapped row, and how many of these a problem.
-- The rest of what was read states nothing, such as a roster line of empty cells.
SELECT count(DISTINCT position), count(DISTINCT position) FILTER (WHERE problem IS NOT NULL) FROM mapped
