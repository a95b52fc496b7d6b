-- Writes feature_attention: whether the records mark the subject, and how many actors looked at it without explanation within
-- a week of a look.
-- Why: news draws readers. Many unexplained readers of one subject are curiosity, or a matter whose team list is missing:
-- both are worth one question rather than many.
WITH reading AS (
    SELECT DISTINCT subject, actor, day FROM look WHERE state = 'unexplained'
),

visit AS (
    SELECT DISTINCT finding, subject, day FROM look
),

marked AS (
    SELECT
        look.finding,
        bool_or(contains(lower(subject_then.marker), 'public_figure')) AS public_figure,
        bool_or(contains(lower(subject_then.marker), 'restricted')) AS restricted
    FROM look
    JOIN subject_then ON subject_then.access = look.access
    GROUP BY look.finding
),

crowd AS (
    SELECT visit.finding, count(DISTINCT reading.actor) AS unexplained_readers
    FROM visit
    JOIN reading
        ON reading.subject = visit.subject
        AND visit.day - 7 <= reading.day
        AND reading.day < visit.day + 8
    GROUP BY visit.finding
)

SELECT
    coalesce(crowd.finding, marked.finding) AS finding,
    marked.public_figure,
    marked.restricted,
    coalesce(crowd.unexplained_readers, 0) AS unexplained_readers
FROM crowd
FULL JOIN marked ON marked.finding = crowd.finding
