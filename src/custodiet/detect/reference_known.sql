-- Writes reference_known: every number that a reference can quote: of an incident, a task or a briefing.
-- Why: spellings differ, so that letters and digits alone are compared.
SELECT DISTINCT upper(regexp_replace(number, '[^A-Za-z0-9]', '', 'g')) AS reference, number
FROM (
    SELECT incident AS number FROM incident
    UNION
    SELECT task AS number FROM tasking
    UNION
    SELECT briefing AS number FROM briefing
) AS numbers
