-- Writes finding: the episodes in the order in which people should look at them.
-- Why: the score is the sum of the signals shown and of nothing else; ties are broken by what can be checked, then by the
-- finding's letters, so that two runs give the same order.
WITH scored AS (
    SELECT finding, CAST(sum(points) AS BIGINT) AS score
    FROM signal
    GROUP BY finding
)

SELECT
    episode.finding,
    row_number() OVER (
        ORDER BY coalesce(scored.score, 0) DESC, episode.unexplained DESC, episode.first_at, episode.finding
    ) AS rank,
    coalesce(scored.score, 0) AS score,
    episode.actor,
    episode.subject,
    episode.first_at,
    episode.last_at,
    episode.accesses,
    episode.unexplained,
    episode.weak,
    episode.days
FROM episode
LEFT JOIN scored ON scored.finding = episode.finding
WHERE episode.unexplained + episode.weak > 0
    OR episode.finding IN (
        SELECT episode_access.finding
        FROM episode_access
        JOIN urgent_access ON urgent_access.access = episode_access.access
    )
