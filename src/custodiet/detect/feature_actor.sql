-- Writes feature_actor: what sentences call the actor: rank at the first look, and staff number.
-- Why: a reader knows people by rank and number, and no more than that is needed.
SELECT
    look.finding,
    CASE
        WHEN any_value(look.actor) LIKE 'account:%' THEN 'the holder of account ' || substr(any_value(look.actor), 9)
        ELSE coalesce(arg_min(staff_then.rank, (look.occurred_at, look.access)), 'staff member') || ' ' || any_value(look.actor)
    END AS actor_name
FROM look
LEFT JOIN staff_then ON staff_then.access = look.access
GROUP BY look.finding
