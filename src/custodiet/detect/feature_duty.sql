-- Writes feature_duty: at how many looks the actor was off duty, absent or suspended, of those where the roster can tell.
-- Why: the roster tells only where it has rows about this actor within a week of the look, and where the roster of that day
-- was delivered: an absence on record covers the look, or at least a quarter as many spells begin as on a usual day.
-- An hour before and after a spell still counts as duty: people come early, stay late, and clocks are set wrong by an hour.
-- A recorded absence beats a planned spell; recorded work beats everything.
WITH moment AS (
    SELECT DISTINCT actor, occurred_at, day FROM look
),

spell AS (
    SELECT
        person,
        duty,
        status = 'worked' AS recorded,
        duty IN ('duty', 'overtime', 'on_call', 'court', 'training') AS working,
        valid_from,
        valid_to
    FROM duty
),

per_day AS (
    SELECT CAST(valid_from AS DATE) AS day, count(*) AS spells
    FROM spell
    WHERE working
    GROUP BY CAST(valid_from AS DATE)
),

delivered AS (
    SELECT day FROM per_day WHERE spells * 4 >= (SELECT median(per_day.spells) FROM per_day)
),

rostered AS (
    SELECT DISTINCT own.person, own.day + CAST(shift.days AS INTEGER) AS day
    FROM (SELECT DISTINCT person, CAST(valid_from AS DATE) AS day FROM duty) AS own
    CROSS JOIN range(-7, 8) AS shift (days)
),

told AS (
    SELECT
        moment.actor,
        moment.occurred_at,
        moment.day,
        bool_or(spell.working AND spell.recorded) AS worked,
        bool_or(spell.working AND NOT spell.recorded) AS planned,
        min(spell.duty) FILTER (WHERE spell.duty IN ('leave', 'sick', 'suspended')) AS absent_as,
        bool_or(spell.duty IN ('leave', 'sick', 'suspended') AND spell.recorded) AS absence_recorded,
        bool_or(spell.duty = 'suspended') AS suspended,
        bool_or(spell.duty = 'rest_day') AS resting
    FROM moment
    JOIN spell
        ON spell.person = moment.actor
        AND spell.valid_from - INTERVAL 60 MINUTE <= moment.occurred_at
        AND moment.occurred_at < spell.valid_to + INTERVAL 60 MINUTE
        AND (spell.working OR (spell.valid_from <= moment.occurred_at AND moment.occurred_at < spell.valid_to))
    GROUP BY moment.actor, moment.occurred_at, moment.day
),

judged AS (
    SELECT
        moment.actor,
        moment.occurred_at,
        told.absent_as,
        coalesce(told.resting, FALSE) AS resting,
        coalesce(told.suspended, FALSE) AND NOT coalesce(told.worked, FALSE) AS suspended,
        coalesce(told.worked OR (told.planned AND NOT told.absence_recorded AND NOT told.suspended), FALSE) AS on_duty
    FROM moment
    LEFT JOIN told ON told.actor = moment.actor AND told.occurred_at = moment.occurred_at
    LEFT JOIN rostered ON rostered.person = moment.actor AND rostered.day = moment.day
    LEFT JOIN delivered ON delivered.day = moment.day
    WHERE told.actor IS NOT NULL OR (rostered.person IS NOT NULL AND delivered.day IS NOT NULL)
),

worded AS (
    SELECT
        judged.*,
        CASE
            WHEN absent_as IS NOT NULL THEN absent_as
            WHEN resting THEN 'rest day'
            ELSE 'no spell of duty'
        END AS says
    FROM judged
)

SELECT
    look.finding,
    count(*) AS duty_known,
    count(*) FILTER (WHERE NOT worded.on_duty) AS off_duty,
    count(*) FILTER (WHERE NOT worded.on_duty AND worded.absent_as IN ('leave', 'sick')) AS absent,
    count(*) FILTER (WHERE worded.suspended) AS suspended,
    string_agg(DISTINCT worded.says, ', ' ORDER BY worded.says) FILTER (WHERE NOT worded.on_duty) AS off_duty_as
FROM look
JOIN worded ON worded.actor = look.actor AND worded.occurred_at = look.occurred_at
GROUP BY look.finding
