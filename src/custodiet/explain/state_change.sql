-- Writes state_change: the accesses that both of two runs know and of which they say different things.
-- Why: what was known later must leave a trace where it changed a judgement. The kinds of change are disjoint: each access
-- bears the first that fits, the gravest first, so that their counts may be added.
WITH other_instance AS (
    SELECT DISTINCT access FROM instance_change
),

compared AS (
    SELECT
        e.access,
        e.state AS before,
        l.state AS after,
        e.strength AS strength_before,
        l.strength AS strength_after,
        e.template AS template_before,
        l.template AS template_after,
        coalesce(l.awaits, e.awaits) AS awaited,
        ea.occurred_at,
        ea.actor AS actor_before,
        la.actor AS actor_after,
        ea.subject AS subject_before,
        la.subject AS subject_after,
        e.template IS DISTINCT FROM l.template OR i.access IS NOT NULL AS rests_otherwise
    FROM earlier_access_state AS e
    JOIN later_access_state AS l ON l.access = e.access
    JOIN earlier_access AS ea ON ea.access = e.access
    JOIN later_access AS la ON la.access = e.access
    LEFT JOIN other_instance AS i ON i.access = e.access
)

SELECT
    access,
    CASE
        WHEN before = 'explained' AND after <> 'explained' THEN 'reopened'
        WHEN before <> 'explained' AND after = 'explained' THEN 'explained'
        WHEN before <> 'pending' AND after = 'pending' THEN 'pending'
        WHEN before = 'pending' AND after = 'unexplained' THEN 'waited_in_vain'
        WHEN strength_after < strength_before THEN 'weaker'
        WHEN strength_after > strength_before THEN 'stronger'
        WHEN before <> after THEN 'other_state'
        WHEN rests_otherwise THEN 'other_reason'
        ELSE 'attributed'
    END AS change,
    before,
    after,
    strength_before,
    strength_after,
    template_before,
    template_after,
    awaited,
    occurred_at,
    actor_before,
    actor_after,
    subject_before,
    subject_after
FROM compared
WHERE
    before <> after
    OR strength_before <> strength_after
    OR rests_otherwise
    OR actor_before <> actor_after
    OR subject_before <> subject_after
