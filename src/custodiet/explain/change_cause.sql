-- Writes change_cause: for each access in state_change, the rows that changed between the two runs and on which it rested
-- or rests now.
-- Why: "explained later" and "re-opened" are of use in a hearing only with the entry that did it. Rows that changed and
-- that the access never rested on are not named. Where no row did it, the clock, the pack or the code did.
-- cause: came, superseded, withdrawn (a fact; of an access: came), merged, split (of subject numbers), crowd (of how many
-- people the same rows could tell), clock, packs, code, requester (what the reason of the one who asked rested on besides the
-- rows kept). `through`: the other access, on which this one rests, whose own reason changed.
WITH RECURSIVE
rested AS (
    SELECT DISTINCT access, fact
    FROM (SELECT access, unnest(rests_on) AS fact FROM instance_change) AS one
),

start_number AS (
    SELECT s.access, a.subject_as_used AS number
    FROM state_change AS s
    JOIN later_access AS a ON a.access = s.access
    UNION
    SELECT r.access, f.subject AS number
    FROM rested AS r
    JOIN stored_fact AS f ON f."index" = r.fact
    WHERE f.subject IS NOT NULL
    UNION
    SELECT r.access, a.subject_as_used AS number
    FROM rested AS r
    JOIN later_access AS a ON a.access = r.fact
),

trail AS (
    SELECT n.number AS start, n.number
    FROM (SELECT DISTINCT number FROM start_number) AS n
    UNION
    SELECT t.start, e.survivor AS number
    FROM trail AS t
    JOIN merge_edge AS e ON e.subject = t.number
),

direct AS (
    SELECT r.access, c.change AS cause, c.fact, c.entry
    FROM rested AS r
    JOIN fact_change AS c ON c.fact = r.fact
    UNION
    SELECT n.access, CASE WHEN c.change = 'came' THEN 'merged' ELSE 'split' END AS cause, c.fact, c.entry
    FROM start_number AS n
    JOIN trail AS t ON t.start = n.number
    JOIN merge_edge AS e ON e.subject = t.number
    JOIN fact_change AS c ON c.fact = e.fact
    UNION
    SELECT s.access, c.change AS cause, c.fact, c.entry
    FROM state_change AS s
    JOIN later_access AS a ON a.access = s.access
    JOIN fact_change AS c ON c.kind = 'account' AND c."key" = a.account
    WHERE
        s.actor_before <> s.actor_after
        AND coalesce(c.valid_from <= s.occurred_at, TRUE)
        AND coalesce(s.occurred_at < c.valid_to, TRUE)
    UNION
    SELECT r.access, 'came' AS cause, l.access AS fact, l.access AS entry
    FROM rested AS r
    JOIN later_access AS l ON l.access = r.fact
    LEFT JOIN earlier_access AS e ON e.access = r.fact
    WHERE e.access IS NULL
    UNION
    SELECT l.access, 'crowd' AS cause, CAST(NULL AS BIGINT) AS fact, CAST(NULL AS BIGINT) AS entry
    FROM instance_change AS l
    JOIN instance_change AS g ON g.access = l.access AND g.template = l.template AND g.rests_on = l.rests_on
    JOIN state_change AS s ON s.access = l.access
    WHERE
        l.side = 'lost'
        AND g.side = 'gained'
        AND s.actor_before = s.actor_after
        AND NOT CAST($packs AS BOOLEAN)
        AND NOT CAST($code AS BOOLEAN)
),

row_cause AS (
    SELECT access, cause, fact, entry, CAST(NULL AS BIGINT) AS through FROM direct
    UNION
    SELECT r.access, d.cause, d.fact, d.entry, d.access AS through
    FROM rested AS r
    JOIN direct AS d ON d.access = r.fact
),

other_cause AS (
    SELECT
        access,
        'clock' AS cause,
        (before = 'pending' AND after = 'unexplained') OR (before = 'unexplained' AND after = 'pending') AS holds
    FROM state_change
    UNION ALL
    SELECT access, 'packs' AS cause, CAST($packs AS BOOLEAN) AND access NOT IN (SELECT row_cause.access FROM row_cause) AS holds
    FROM state_change
    UNION ALL
    SELECT access, 'code' AS cause, CAST($code AS BOOLEAN) AND access NOT IN (SELECT row_cause.access FROM row_cause) AS holds
    FROM state_change
),

known_cause AS (
    SELECT c.access, c.cause, c.fact, c.entry, c.through
    FROM row_cause AS c
    JOIN state_change AS s ON s.access = c.access
    UNION ALL
    SELECT access, cause, CAST(NULL AS BIGINT) AS fact, CAST(NULL AS BIGINT) AS entry, CAST(NULL AS BIGINT) AS through
    FROM other_cause
    WHERE holds
)

SELECT access, cause, fact, entry, through FROM known_cause
UNION ALL
SELECT
    s.access,
    'requester' AS cause,
    CAST(NULL AS BIGINT) AS fact,
    CAST(NULL AS BIGINT) AS entry,
    CAST(NULL AS BIGINT) AS through
FROM state_change AS s
WHERE s.access NOT IN (SELECT known_cause.access FROM known_cause)
