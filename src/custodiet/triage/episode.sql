-- Writes episode: one actor and one subject until 30 days pass without access, with its counts.
-- Why: it is the unit that is ranked and that a person reviews.
SELECT
    finding,
    any_value(actor) AS actor,
    any_value(subject) AS subject,
    min(occurred_at) AS first_at,
    max(occurred_at) AS last_at,
    count(*) AS accesses,
    count(*) FILTER (WHERE state = 'unexplained') AS unexplained,
    count(*) FILTER (WHERE state = 'weak') AS weak,
    count(DISTINCT CAST(occurred_at AS DATE)) FILTER (WHERE state <> 'explained') AS days
FROM episode_access
GROUP BY finding
