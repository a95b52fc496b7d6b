-- Writes one row for the access $access: for each kind of fact whether any about its subject, or its actor, had begun by then.
-- Why: where nothing was held of the one or the other, nothing could have explained the look.
SELECT
    EXISTS (
        SELECT 1 FROM involvement AS f WHERE f.subject = access.subject AND f.valid_from <= access.occurred_at
    ) AS involvement,
    EXISTS (SELECT 1 FROM tasking AS f WHERE f.subject = access.subject AND f.valid_from <= access.occurred_at) AS tasking,
    EXISTS (SELECT 1 FROM briefing AS f WHERE f.subject = access.subject AND f.valid_from <= access.occurred_at) AS briefing,
    EXISTS (SELECT 1 FROM posting AS f WHERE f.person = access.actor AND f.valid_from <= access.occurred_at) AS posting,
    EXISTS (SELECT 1 FROM duty AS f WHERE f.person = access.actor AND f.valid_from <= access.occurred_at) AS duty,
    EXISTS (SELECT 1 FROM assignment AS f WHERE f.person = access.actor AND f.valid_from <= access.occurred_at) AS assignment
FROM access
WHERE access.access = $access
