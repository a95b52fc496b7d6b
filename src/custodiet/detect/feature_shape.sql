-- Writes feature_shape: how often, on how many days and through which channels the looks of an episode were made.
-- Why: a single look is often a slip; coming back, printing and sending are not.
WITH looked AS (
    SELECT
        finding,
        count(*) AS looks,
        count(DISTINCT day) AS days,
        date_diff('day', min(day), max(day)) AS span_days,
        count(*) FILTER (WHERE channel IN ('print', 'export')) AS printed,
        count(*) FILTER (WHERE channel IN ('search', 'list')) AS searched
    FROM look
    GROUP BY finding
),

whole AS (
    SELECT
        finding,
        count(*) FILTER (WHERE state = 'unexplained') AS unexplained,
        count(*) FILTER (WHERE state = 'weak') AS weak,
        count(*) FILTER (WHERE state = 'pending') AS pending,
        count(*) FILTER (WHERE state = 'explained') AS explained
    FROM episode_access
    GROUP BY finding
)

SELECT
    looked.finding,
    looked.looks,
    looked.days,
    looked.span_days,
    looked.printed,
    looked.searched,
    whole.unexplained,
    whole.weak,
    whole.pending,
    whole.explained
FROM looked
JOIN whole ON whole.finding = looked.finding
