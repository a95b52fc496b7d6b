-- Writes how many accesses are in each state.
-- Why: the four states are disjoint, so this is the one table of the summary whose rows may be added.
SELECT state, count(*) AS accesses
FROM access_state
GROUP BY state
ORDER BY state
