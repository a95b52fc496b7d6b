-- Writes the mapped rows of records without any problem.
-- If one part of a record cannot be read, none of it is taken in.
SELECT * FROM mapped WHERE position NOT IN (SELECT position FROM mapped WHERE problem IS NOT NULL)
