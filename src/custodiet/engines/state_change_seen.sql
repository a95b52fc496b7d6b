-- Writes state_change_seen: the rows of state_change that no wall keeps from the reader, each with the gravity of its kind.
-- Why: counts and lists are made of the same rows, so that no count tells that something is behind a wall.
SELECT
    s.*,
    list_position(
        [
            'reopened', 'waited_in_vain', 'pending', 'explained', 'weaker', 'stronger', 'other_state', 'other_reason',
            'attributed'
        ],
        s.change
    ) AS gravity
FROM state_change AS s
WHERE NOT EXISTS (
    SELECT 1 FROM walled WHERE walled.side = 'actor' AND walled.id IN (s.actor_before, s.actor_after)
)
AND NOT EXISTS (
    SELECT 1 FROM walled WHERE walled.side = 'subject' AND walled.id IN (s.subject_before, s.subject_after)
)
