-- Writes feature_duty: at how many looks the actor was off duty, absent or suspended, of those where the roster can tell.
-- Why: the roster tells only where it has rows about this actor within a week of the look, and where the roster of that day
-- was delivered: an absence on record covers the look, or at least a quarter as many spells begin as on a usual day.
-- An hour before and after a spell still counts as duty: people come early, stay late, and clocks are set wrong by an hour.
-- A recorded absence beats a planned spell; recorded work beats everything.
WITH moment AS (
    SELECT DISTINCT actor, occurred_at, day FROM look
),

per_day AS (
    SELECT CAST(valid_from AS DATE) AS day, count(*) AS spells
    FROM duty
    WHERE duty IN ('duty', 'overtime', 'on_call', 'court', 'training')
    GROUP BY CAST(valid_from AS DATE)
),

delivered AS (
    SELECT day FROM per_day WHERE spells * 4 >= (SELECT median(per_day.spells) FROM per_day)
),

told AS (
    SELECT
        moment.actor,
        moment.occurred_at,
        moment.day,
        bool_or(
            duty.duty IN ('duty', 'overtime', 'on_call', 'court', 'training')
            AND duty.status = 'worked'
            AND duty.valid_from - INTERVAL 60 MINUTE <= moment.occurred_at
            AND moment.occurred_at < duty.valid_to + INTERVAL 60 MINUTE
        ) AS worked,
        bool_or(
            duty.duty IN ('duty', 'overtime', 'on_call', 'court', 'training')
            AND duty.status <> 'worked'
            AND duty.valid_from - INTERVAL 60 MINUTE <= moment.occurred_at
            AND moment.occurred_at < duty.valid_to + INTERVAL 60 MINUTE
        ) AS planned,
        min(duty.duty) FILTER (
            WHERE duty.duty IN ('leave', 'sick', 'suspended')
                AND duty.valid_from <= moment.occurred_at
                AND moment.occurred_at < duty.valid_to
        ) AS absent_as,
        bool_or(
            duty.duty IN ('leave', 'sick', 'suspended')
            AND duty.status = 'worked'
            AND duty.valid_from <= moment.occurred_at
            AND moment.occurred_at < duty.valid_to
        ) AS absence_recorded,
        bool_or(
            duty.duty = 'suspended'
            AND duty.valid_from <= moment.occurred_at
            AND moment.occurred_at < duty.valid_to
        ) AS suspended,
        bool_or(
            duty.duty = 'rest_day'
            AND duty.valid_from <= moment.occurred_at
            AND moment.occurred_at < duty.valid_to
        ) AS resting
    FROM moment
    JOIN duty
        ON duty.person = moment.actor
        AND duty.valid_from < moment.occurred_at + INTERVAL 7 DAY
        AND moment.occurred_at - INTERVAL 7 DAY < duty.valid_to
    GROUP BY moment.actor, moment.occurred_at, moment.day
),

judged AS (
    SELECT
        told.*,
        worked OR (planned AND NOT absence_recorded AND NOT suspended) AS on_duty
    FROM told
    LEFT JOIN delivered ON delivered.day = told.day
    WHERE delivered.day IS NOT NULL OR worked OR planned OR resting OR absent_as IS NOT NULL
)

SELECT
    look.finding,
    count(*) AS duty_known,
    count(*) FILTER (WHERE NOT judged.on_duty) AS off_duty,
    count(*) FILTER (WHERE NOT judged.on_duty AND judged.absent_as IN ('leave', 'sick')) AS absent,
    count(*) FILTER (WHERE NOT judged.worked AND judged.suspended) AS suspended,
    string_agg(
        DISTINCT CASE
            WHEN judged.absent_as IS NOT NULL THEN replace(judged.absent_as, '_', ' ')
            WHEN judged.resting THEN 'rest day'
            ELSE 'no spell of duty'
        END,
        ', '
        ORDER BY CASE
            WHEN judged.absent_as IS NOT NULL THEN replace(judged.absent_as, '_', ' ')
            WHEN judged.resting THEN 'rest day'
            ELSE 'no spell of duty'
        END
    ) FILTER (WHERE NOT judged.on_duty) AS off_duty_as
FROM look
JOIN judged ON judged.actor = look.actor AND judged.occurred_at = look.occurred_at
GROUP BY look.finding
