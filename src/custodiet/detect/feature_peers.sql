-- Writes feature_peers: what share of the accesses of the actor's unit, his own left out, is unexplained.
-- Why: where a whole unit cannot be explained, a source is missing and not a person at fault. A person is held against his
-- unit only where its others made a hundred accesses or more.
WITH member AS (
    SELECT DISTINCT person, unit FROM posting WHERE unit IS NOT NULL
),

own AS (
    SELECT
        access.actor,
        count(*) AS accesses,
        count(*) FILTER (WHERE access_state.state = 'unexplained') AS unexplained
    FROM access
    JOIN access_state ON access_state.access = access.access
    WHERE access.subject_kind <> 'table'
    GROUP BY access.actor
),

together AS (
    SELECT member.unit, sum(own.accesses) AS accesses, sum(own.unexplained) AS unexplained
    FROM own
    JOIN member ON member.person = own.actor
    GROUP BY member.unit
),

served AS (
    SELECT look.finding, any_value(look.actor) AS actor, arg_max(posting.unit, (look.occurred_at, posting.unit)) AS unit
    FROM look
    JOIN posting
        ON posting.person = look.actor
        AND posting.valid_from <= look.occurred_at
        AND look.occurred_at < posting.valid_to
    WHERE posting.unit IS NOT NULL
    GROUP BY look.finding
)

SELECT
    served.finding,
    round((together.unexplained - own.unexplained) / (together.accesses - own.accesses), 2) AS peers_unexplained_share
FROM served
JOIN own ON own.actor = served.actor
JOIN together ON together.unit = served.unit
WHERE together.accesses - own.accesses >= 100
