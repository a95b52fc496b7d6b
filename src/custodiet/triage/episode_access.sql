-- Writes episode_access: every access of an episode with something in it that is unexplained or only weakly explained, or that
-- a hard rule speaks of while facts are still awaited (`urgent_access`).
-- Why: people judge a relationship over time, never a single look, so the explained looks beside the others belong to it.
-- Pairs with nothing to judge are left out first: they are nine in ten, and no later step needs them.
-- A finding's letters come from actor, subject and first access, so that later accesses do not change them: a number below
-- 26 to the 8th (208,827,064,576), written in letters. Should two episodes draw the same, the later one draws again.
WITH pair AS (
    SELECT DISTINCT access.actor, access.subject
    FROM access
    JOIN access_state ON access_state.access = access.access
    WHERE access.subject_kind <> 'table'
        AND (access_state.state IN ('unexplained', 'weak') OR access.access IN (SELECT urgent_access.access FROM urgent_access))
),

looked AS (
    SELECT access.access, access.actor, access.subject, access.occurred_at, access_state.state
    FROM access
    JOIN pair ON pair.actor = access.actor AND pair.subject = access.subject
    JOIN access_state ON access_state.access = access.access
    WHERE access.subject_kind <> 'table'
),

marked AS (
    SELECT
        looked.*,
        coalesce(
            occurred_at >= lag(occurred_at) OVER (PARTITION BY actor, subject ORDER BY occurred_at, access)
            + to_days(CAST($gap_days AS INTEGER)),
            TRUE
        ) AS opens
    FROM looked
),

numbered AS (
    SELECT
        marked.*,
        count(*) FILTER (WHERE opens) OVER (
            PARTITION BY actor, subject ORDER BY occurred_at, access ROWS UNBOUNDED PRECEDING
        ) AS number
    FROM marked
),

spell AS (
    SELECT actor, subject, number, arg_min(access, (occurred_at, access)) AS first_access
    FROM numbered
    GROUP BY actor, subject, number
    HAVING bool_or(state IN ('unexplained', 'weak') OR access IN (SELECT urgent_access.access FROM urgent_access))
),

drawn AS (
    SELECT
        spell.*,
        concat_ws(chr(31), actor, subject, CAST(first_access AS VARCHAR)) AS key,
        CAST('0x' || substr(sha256(concat_ws(chr(31), actor, subject, CAST(first_access AS VARCHAR))), 1, 15) AS BIGINT)
        % 208827064576 AS code
    FROM spell
),

counted AS (
    SELECT drawn.*, row_number() OVER (PARTITION BY code ORDER BY first_access, key) AS draw
    FROM drawn
),

settled AS (
    SELECT
        actor,
        subject,
        number,
        CASE
            WHEN draw = 1 THEN code
            ELSE CAST('0x' || substr(sha256(concat_ws(chr(31), key, CAST(draw AS VARCHAR))), 1, 15) AS BIGINT) % 208827064576
        END AS code
    FROM counted
),

named AS (
    SELECT
        actor,
        subject,
        number,
        concat(
            'F-',
            chr(CAST(65 + code // 8031810176 AS INTEGER)),
            chr(CAST(65 + code // 308915776 % 26 AS INTEGER)),
            chr(CAST(65 + code // 11881376 % 26 AS INTEGER)),
            chr(CAST(65 + code // 456976 % 26 AS INTEGER)),
            chr(CAST(65 + code // 17576 % 26 AS INTEGER)),
            chr(CAST(65 + code // 676 % 26 AS INTEGER)),
            chr(CAST(65 + code // 26 % 26 AS INTEGER)),
            chr(CAST(65 + code % 26 AS INTEGER))
        ) AS finding
    FROM settled
)

SELECT
    numbered.access,
    named.finding,
    numbered.actor,
    numbered.subject,
    numbered.occurred_at,
    numbered.state
FROM numbered
JOIN named ON named.actor = numbered.actor AND named.subject = numbered.subject AND named.number = numbered.number
