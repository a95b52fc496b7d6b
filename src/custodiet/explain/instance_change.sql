-- Writes instance_change: the instances of templates that one of two runs has and the other has not.
-- Why: what an access rested on is what a person is told; equal strengths by other rows are another reason.
-- An access that only one of the runs knows is no change of an access, nor is what templates on trial find, which decides
-- nothing. side: lost or gained.
WITH lost AS (
    SELECT access, template, strength, rests_on FROM earlier_explanation
    EXCEPT
    SELECT access, template, strength, rests_on FROM later_explanation
),

gained AS (
    SELECT access, template, strength, rests_on FROM later_explanation
    EXCEPT
    SELECT access, template, strength, rests_on FROM earlier_explanation
)

SELECT l.access, l.template, l.strength, l.rests_on, 'lost' AS side
FROM lost AS l
JOIN later_access_state AS s ON s.access = l.access
WHERE l.template NOT IN (SELECT shadow_template.template FROM shadow_template)
UNION ALL
SELECT g.access, g.template, g.strength, g.rests_on, 'gained' AS side
FROM gained AS g
JOIN earlier_access_state AS s ON s.access = g.access
WHERE g.template NOT IN (SELECT shadow_template.template FROM shadow_template)
