-- Writes feature_trawl: on the actor's worst day of the episode, how many subjects he opened that nothing explains, and what
-- share they were of all the subjects he opened that day.
-- Why: reading one record after another is a pattern of its own. The share keeps busy desks out: it is not how much a person
-- works that counts, but how little of it can be explained.
WITH visit AS (
    SELECT DISTINCT finding, actor, day FROM look WHERE state = 'unexplained'
),

unexplained AS (
    SELECT actor, day, count(DISTINCT subject) AS subjects
    FROM look
    WHERE state = 'unexplained'
    GROUP BY actor, day
),

opened AS (
    SELECT access.actor, CAST(access.occurred_at AS DATE) AS day, count(DISTINCT access.subject) AS subjects
    FROM access
    WHERE access.subject_kind <> 'table'
        AND access.actor IN (SELECT unexplained.actor FROM unexplained WHERE unexplained.subjects >= 5)
    GROUP BY access.actor, CAST(access.occurred_at AS DATE)
),

worst AS (
    SELECT
        visit.finding,
        arg_max(unexplained.subjects, (unexplained.subjects, visit.day)) AS subjects,
        arg_max(opened.subjects, (unexplained.subjects, visit.day)) AS of_subjects
    FROM visit
    JOIN unexplained ON unexplained.actor = visit.actor AND unexplained.day = visit.day
    LEFT JOIN opened ON opened.actor = visit.actor AND opened.day = visit.day
    GROUP BY visit.finding
)

SELECT
    finding,
    subjects AS unexplained_subjects_that_day,
    round(1.0 * subjects / of_subjects, 2) AS unexplained_share_that_day
FROM worst
