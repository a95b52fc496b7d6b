-- Writes feature_involvement: how many matters name the subject from 28 days before a look to 7 days after it, and whether
-- all of them lie outside the actor's area.
-- Why: where nothing happens around a subject, work is the less likely reason. The number is NULL where the records of
-- involvement begin after the look, or the subject is a thing that involvements do not name.
WITH wanted AS (
    SELECT DISTINCT subject FROM look
),

life AS (
    SELECT
        incident.incident,
        min(incident.valid_from) AS valid_from,
        max(incident.valid_to) AS valid_to,
        min(incident.area) AS area
    FROM incident
    GROUP BY incident.incident
),

matter AS (
    SELECT
        involvement.subject,
        involvement.incident AS matter,
        life.area,
        greatest(involvement.valid_from, coalesce(life.valid_from, involvement.valid_from)) AS starts,
        least(involvement.valid_to, coalesce(life.valid_to, involvement.valid_to)) AS ends
    FROM involvement
    JOIN wanted ON wanted.subject = involvement.subject
    LEFT JOIN life ON life.incident = involvement.incident
    UNION ALL BY NAME
    SELECT life.incident AS subject, life.incident AS matter, life.area, life.valid_from AS starts, life.valid_to AS ends
    FROM life
    JOIN wanted ON wanted.subject = life.incident
    UNION ALL BY NAME
    SELECT tasking.subject, tasking.task AS matter, NULL AS area, tasking.valid_from AS starts, tasking.valid_to AS ends
    FROM tasking
    JOIN wanted ON wanted.subject = tasking.subject
    UNION ALL BY NAME
    SELECT
        briefing.subject,
        briefing.briefing AS matter,
        briefing.area,
        briefing.valid_from AS starts,
        briefing.valid_to AS ends
    FROM briefing
    JOIN wanted ON wanted.subject = briefing.subject
),

near AS (
    SELECT look.finding, look.actor, look.occurred_at, matter.matter, matter.area
    FROM look
    JOIN matter
        ON matter.subject = look.subject
        AND matter.starts < look.occurred_at + INTERVAL 7 DAY
        AND (look.occurred_at - INTERVAL 28 DAY < matter.ends OR look.occurred_at - INTERVAL 28 DAY <= matter.starts)
),

counted AS (
    SELECT finding, count(DISTINCT matter) AS matters FROM near GROUP BY finding
),

placed AS (
    SELECT
        near.finding,
        bool_and(near.area <> posting.area) AS elsewhere,
        count(*) AS known,
        count(near.area) AS areas
    FROM near
    JOIN posting
        ON posting.person = near.actor
        AND posting.valid_from <= near.occurred_at
        AND near.occurred_at < posting.valid_to
    WHERE posting.area IS NOT NULL
    GROUP BY near.finding
),

covered AS (
    SELECT min(valid_from) AS since FROM involvement WHERE valid_from > TIMESTAMP '0001-01-01 00:00:00'
),

episode_look AS (
    SELECT finding, min(occurred_at) AS first_at, min(subject_kind) AS subject_kind FROM look GROUP BY finding
)

SELECT
    episode_look.finding,
    CASE
        WHEN counted.matters IS NOT NULL THEN counted.matters
        WHEN covered.since <= episode_look.first_at AND episode_look.subject_kind IN ('person', 'vehicle', 'address') THEN 0
    END AS matters,
    CASE WHEN placed.known = placed.areas THEN placed.elsewhere END AS matters_elsewhere
FROM episode_look
CROSS JOIN covered
LEFT JOIN counted ON counted.finding = episode_look.finding
LEFT JOIN placed ON placed.finding = episode_look.finding
