-- Writes finding_change: the findings of which two runs say different things, with what each of them said.
-- Why: a finding keeps its name for as long as its actor, its subject and its first access stay. Where a number was merged,
-- an account re-issued or an earlier access delivered late, the same accesses bear another name: then `other` is the name
-- before, and neither counts as entered or left. One may also join another that was there before, or part from it.
-- A finding whose rank alone differs is none: it was moved by others that came and went.
WITH appeared AS (
    SELECT l.finding
    FROM later_finding AS l
    LEFT JOIN earlier_finding AS e ON e.finding = l.finding
    WHERE e.finding IS NULL
),

vanished AS (
    SELECT e.finding
    FROM earlier_finding AS e
    LEFT JOIN later_finding AS l ON l.finding = e.finding
    WHERE l.finding IS NULL
),

shared AS (
    SELECT ea.finding AS earlier, la.finding AS later, count(*) AS accesses
    FROM earlier_episode_access AS ea
    JOIN later_episode_access AS la ON la.access = ea.access
    JOIN earlier_finding AS e ON e.finding = ea.finding
    JOIN later_finding AS l ON l.finding = la.finding
    WHERE ea.finding <> la.finding
    GROUP BY ea.finding, la.finding
),

came_from AS (
    SELECT s.later AS finding, s.earlier AS was, v.finding IS NOT NULL AS is_renamed
    FROM shared AS s
    JOIN appeared AS a ON a.finding = s.later
    LEFT JOIN vanished AS v ON v.finding = s.earlier
    QUALIFY row_number() OVER (
        PARTITION BY s.later ORDER BY v.finding IS NULL, s.accesses DESC, s.earlier
    ) = 1
),

went_to AS (
    SELECT s.earlier AS finding, s.later AS joined
    FROM shared AS s
    JOIN vanished AS v ON v.finding = s.earlier
    QUALIFY row_number() OVER (PARTITION BY s.earlier ORDER BY s.accesses DESC, s.later) = 1
),

reopened AS (
    SELECT DISTINCT la.finding
    FROM later_episode_access AS la
    JOIN state_change AS s ON s.access = la.access
    WHERE s.change = 'reopened'
),

named AS (
    SELECT l.finding, coalesce(c.was, l.finding) AS was, c.is_renamed, CAST(NULL AS VARCHAR) AS joined
    FROM later_finding AS l
    LEFT JOIN came_from AS c ON c.finding = l.finding
    UNION ALL
    SELECT v.finding, v.finding AS was, CAST(NULL AS BOOLEAN) AS is_renamed, w.joined
    FROM vanished AS v
    LEFT JOIN went_to AS w ON w.finding = v.finding
    WHERE v.finding NOT IN (SELECT came_from.was FROM came_from WHERE came_from.is_renamed)
)

SELECT
    n.finding,
    CASE
        WHEN l.finding IS NULL AND n.joined IS NOT NULL THEN 'joined'
        WHEN l.finding IS NULL THEN 'left'
        WHEN n.is_renamed THEN 'renamed'
        WHEN n.was <> n.finding THEN 'parted'
        WHEN e.finding IS NULL AND r.finding IS NOT NULL THEN 'reopened'
        WHEN e.finding IS NULL THEN 'entered'
        ELSE 'moved'
    END AS change,
    coalesce(n.joined, CASE WHEN n.was <> n.finding THEN n.was END) AS other,
    e.rank AS rank_before,
    l.rank AS rank_after,
    e.score AS score_before,
    l.score AS score_after,
    e.accesses AS accesses_before,
    l.accesses AS accesses_after,
    e.unexplained AS unexplained_before,
    l.unexplained AS unexplained_after,
    e.weak AS weak_before,
    l.weak AS weak_after,
    coalesce(l.actor, e.actor) AS actor,
    coalesce(l.subject, e.subject) AS subject,
    coalesce(l.first_at, e.first_at) AS first_at
FROM named AS n
LEFT JOIN later_finding AS l ON l.finding = n.finding
LEFT JOIN earlier_finding AS e ON e.finding = n.was
LEFT JOIN reopened AS r ON r.finding = n.finding
WHERE
    l.finding IS NULL
    OR e.finding IS NULL
    OR n.finding <> n.was
    OR e.score <> l.score
    OR e.accesses <> l.accesses
    OR e.unexplained <> l.unexplained
    OR e.weak <> l.weak
