-- Writes how many findings there are in all for a reader: those behind the walls in `walled` are not counted.
-- Why: the front of a queue is no measure of its length, and a length that counts what is walled would tell that it is there.
SELECT count(*) AS findings
FROM finding
WHERE NOT EXISTS (SELECT 1 FROM walled WHERE walled.side = 'actor' AND walled.id = finding.actor)
    AND NOT EXISTS (SELECT 1 FROM walled WHERE walled.side = 'subject' AND walled.id = finding.subject)
