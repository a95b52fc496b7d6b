-- Writes one access with its state.
-- Why: `why` begins with what is asked about.
SELECT access.*, access_state.state, access_state.strength, access_state.template, access_state.awaits
FROM access
JOIN access_state ON access_state.access = access.access
WHERE access.access = $access
