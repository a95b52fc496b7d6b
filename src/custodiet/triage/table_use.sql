-- Writes table_use: an actor's accesses to a whole table, where the records touched could not be told.
-- Why: such a statement names no subject, so it makes no episode; it must not vanish for that.
SELECT
    access.actor,
    access.system,
    access.subject AS relation,
    count(*) AS accesses,
    count(*) FILTER (WHERE access_state.state = 'unexplained') AS unexplained,
    min(access.occurred_at) AS first_at,
    max(access.occurred_at) AS last_at
FROM access
JOIN access_state ON access_state.access = access.access
WHERE access.subject_kind = 'table'
GROUP BY access.actor, access.system, access.subject
