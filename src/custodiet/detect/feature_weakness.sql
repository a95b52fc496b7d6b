-- Writes feature_weakness: the strongest reason that was found and does not suffice, and the facts that are awaited.
-- Why: a weak reason speaks for the actor, and a missing delivery must be named beside what is held against him.
SELECT
    part.finding,
    max(state.strength) FILTER (WHERE part.state = 'weak') AS strongest_weak,
    arg_max(state.template, (state.strength, state.template)) FILTER (WHERE part.state = 'weak') AS weak_template,
    string_agg(DISTINCT state.awaits, ', ' ORDER BY state.awaits) FILTER (WHERE part.state = 'pending') AS awaits
FROM episode_access AS part
JOIN access_state AS state ON state.access = part.access
WHERE part.state IN ('weak', 'pending')
GROUP BY part.finding
