-- Writes coverage: for each month, system, action and unit of the actor then, the accesses, their states, and for how many of
-- them any fact of each kind was in reach: one about the subject, or about the actor, that had begun by the access.
-- Why: "unexplained" must never be confused with "we have no data"; where nothing is in reach, no work could have explained.
-- Of postings that overlap the one that began last holds, then the later entry, so that an access is counted once.
WITH bound AS (
    SELECT person, valid_from AS cut FROM posting
    UNION
    SELECT person, valid_to AS cut FROM posting
),

spell AS (
    SELECT person, cut AS valid_from, lead(cut) OVER (PARTITION BY person ORDER BY cut) AS valid_to
    FROM bound
),

served AS (
    SELECT spell.person, posting.unit, spell.valid_from, spell.valid_to
    FROM spell
    JOIN posting ON posting.person = spell.person
    WHERE posting.valid_from <= spell.valid_from AND spell.valid_to <= posting.valid_to
    QUALIFY row_number() OVER (
        PARTITION BY spell.person, spell.valid_from ORDER BY posting.valid_from DESC, posting.fact DESC
    ) = 1
),

of_subject AS (
    SELECT
        subject,
        min(valid_from) FILTER (WHERE kind = 'involvement') AS involvement,
        min(valid_from) FILTER (WHERE kind = 'tasking') AS tasking,
        min(valid_from) FILTER (WHERE kind = 'briefing') AS briefing,
        min(valid_from) AS any_kind
    FROM (
        SELECT subject, valid_from, 'involvement' AS kind FROM involvement
        UNION ALL
        SELECT subject, valid_from, 'tasking' AS kind FROM tasking
        UNION ALL
        SELECT subject, valid_from, 'briefing' AS kind FROM briefing
    ) AS fact
    GROUP BY subject
),

of_actor AS (
    SELECT
        person,
        min(valid_from) FILTER (WHERE kind = 'posting') AS posting,
        min(valid_from) FILTER (WHERE kind = 'duty') AS duty,
        min(valid_from) FILTER (WHERE kind = 'assignment') AS assignment,
        min(valid_from) AS any_kind
    FROM (
        SELECT person, valid_from, 'posting' AS kind FROM posting
        UNION ALL
        SELECT person, valid_from, 'duty' AS kind FROM duty
        UNION ALL
        SELECT person, valid_from, 'assignment' AS kind FROM assignment
    ) AS fact
    GROUP BY person
),

seen AS (
    SELECT
        date_trunc('month', access.occurred_at) AS month,
        access.system,
        access.action,
        served.unit,
        access.subject,
        access_state.state,
        coalesce(of_subject.involvement <= access.occurred_at, FALSE) AS involvement,
        coalesce(of_subject.tasking <= access.occurred_at, FALSE) AS tasking,
        coalesce(of_subject.briefing <= access.occurred_at, FALSE) AS briefing,
        coalesce(of_actor.posting <= access.occurred_at, FALSE) AS posting,
        coalesce(of_actor.duty <= access.occurred_at, FALSE) AS duty,
        coalesce(of_actor.assignment <= access.occurred_at, FALSE) AS assignment,
        coalesce(of_subject.any_kind <= access.occurred_at, FALSE) AS of_subject,
        coalesce(of_actor.any_kind <= access.occurred_at, FALSE) AS of_actor
    FROM access
    JOIN access_state ON access_state.access = access.access
    LEFT JOIN served
        ON served.person = access.actor
        AND served.valid_from <= access.occurred_at AND access.occurred_at < served.valid_to
    LEFT JOIN of_subject ON of_subject.subject = access.subject
    LEFT JOIN of_actor ON of_actor.person = access.actor
)

SELECT
    strftime(month, '%Y-%m') AS month,
    system,
    action,
    unit,
    count(*) AS accesses,
    count(DISTINCT subject) AS subjects,
    count(*) FILTER (WHERE state = 'explained') AS explained,
    count(*) FILTER (WHERE state = 'weak') AS weak,
    count(*) FILTER (WHERE state = 'pending') AS pending,
    count(*) FILTER (WHERE state = 'unexplained') AS unexplained,
    count(*) FILTER (WHERE involvement) AS involvement,
    count(*) FILTER (WHERE tasking) AS tasking,
    count(*) FILTER (WHERE briefing) AS briefing,
    count(*) FILTER (WHERE posting) AS posting,
    count(*) FILTER (WHERE duty) AS duty,
    count(*) FILTER (WHERE assignment) AS assignment,
    count(*) FILTER (WHERE of_subject) AS of_subject,
    count(*) FILTER (WHERE of_actor) AS of_actor,
    count(*) FILTER (WHERE NOT of_subject AND NOT of_actor) AS of_neither,
    count(*) FILTER (WHERE state = 'unexplained' AND NOT of_subject) AS unexplained_no_subject,
    count(*) FILTER (WHERE state = 'unexplained' AND NOT of_actor) AS unexplained_no_actor,
    count(*) FILTER (WHERE state = 'unexplained' AND NOT (of_subject AND of_actor)) AS unexplained_no_data
FROM seen
GROUP BY month, system, action, unit
