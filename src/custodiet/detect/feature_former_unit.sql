-- Writes feature_former_unit: a unit at work on the subject in which the actor served within the year before and serves no longer.
-- Why: who moved on may keep an eye on the old ward's patients or the old team's families, whose records the system still opens
-- for him. A unit is at work from a day before somebody of it (or the unit as a whole) is assigned to a matter that names the
-- subject until 28 days after. The actor's own assignments do not count: unfinished work may follow him.
WITH moment AS (
    SELECT DISTINCT finding, actor, subject, occurred_at FROM look
),

worked AS (
    SELECT DISTINCT moment.finding, moment.actor, moment.occurred_at, coalesce(assignment.unit, posting.unit) AS unit
    FROM moment
    JOIN involvement ON involvement.subject = moment.subject
    JOIN assignment
        ON assignment.incident = involvement.incident
        AND assignment.person IS DISTINCT FROM moment.actor
        AND assignment.valid_from - INTERVAL 1 DAY <= moment.occurred_at
        AND moment.occurred_at - INTERVAL 28 DAY < assignment.valid_to
    LEFT JOIN posting
        ON posting.person = assignment.person
        AND posting.valid_from <= assignment.valid_from
        AND assignment.valid_from < posting.valid_to
),

left_behind AS (
    SELECT worked.finding, worked.occurred_at, worked.unit
    FROM worked
    JOIN posting AS own ON own.person = worked.actor AND own.unit = worked.unit
    GROUP BY worked.finding, worked.occurred_at, worked.unit
    HAVING
        bool_or(own.valid_to <= worked.occurred_at AND worked.occurred_at - INTERVAL 365 DAY < own.valid_to)
        AND NOT bool_or(own.valid_from <= worked.occurred_at AND worked.occurred_at < own.valid_to)
)

SELECT finding, min(unit) AS former_unit, count(DISTINCT occurred_at) AS looks_after_leaving
FROM left_behind
GROUP BY finding
