-- Writes the changed findings: re-opened first, then those that entered, in the order of the queue; those gone come last.
-- Why: what is to be looked at anew stands before what needs no look any more.
SELECT
    finding,
    change,
    other,
    actor,
    subject,
    first_at,
    rank_before,
    rank_after,
    score_before,
    score_after,
    accesses_before,
    accesses_after,
    unexplained_before,
    unexplained_after,
    weak_before,
    weak_after
FROM finding_change
ORDER BY
    list_position(['reopened', 'entered', 'parted', 'renamed', 'moved', 'joined', 'left'], change),
    coalesce(rank_after, rank_before),
    finding
LIMIT $most
