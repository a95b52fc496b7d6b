-- Writes signal: of the signals that fired on an episode, the strongest of each group; signals without a group all count.
-- Why: two signs of one thing are one sign. What does not count is not shown, so that the parts shown add up to the score.
SELECT finding, signal, points, facts
FROM signal_fired
QUALIFY row_number() OVER (
    PARTITION BY finding, coalesce(signal_group, 'signal:' || signal)
    ORDER BY abs(points) DESC, signal
) = 1
