-- Writes what one access was: channel, subject and system.
-- Why: a change is told with the look that it is about, whatever pack explained it.
SELECT channel, subject, system
FROM access
WHERE access = $access
