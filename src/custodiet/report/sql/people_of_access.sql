-- Writes the actor and the subject of one access.
-- Why: walls are drawn around people, and an access is asked for by its number.
SELECT actor, subject
FROM access
WHERE access = $access
