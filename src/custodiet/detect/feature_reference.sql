-- Writes feature_reference: whether the references quoted at the looks exist, and whether the subject has a part in them.
-- Why: a reference that does not fit is no reason; one used for subject after subject is a habit.
-- Nothing is said where the system's references are of another kind (fewer than half of those quoted there are known), where
-- no part of anyone in the matter is on record, or where a slip of one or two keys leads to a matter of the subject's.
-- A reference that has no digit or is long may hold a name; it is not repeated.
WITH quoted AS (
    SELECT DISTINCT
        finding,
        actor,
        subject,
        system,
        reference,
        CASE
            WHEN length(trim(quoted_reference)) <= 24 AND regexp_matches(quoted_reference, '[0-9]') THEN trim(quoted_reference)
            ELSE '(a text that is no number)'
        END AS quoted_reference
    FROM look
    WHERE reference <> ''
),

used AS (
    SELECT access.system, access.quoted_reference, count(*) AS uses
    FROM access
    WHERE access.quoted_reference IS NOT NULL AND access.system IN (SELECT quoted.system FROM quoted)
    GROUP BY access.system, access.quoted_reference
),

speaks AS (
    SELECT
        used.system,
        sum(CASE WHEN reference_known.reference IS NOT NULL THEN used.uses ELSE 0 END) * 2 >= sum(used.uses) AS tells
    FROM used
    LEFT JOIN (SELECT DISTINCT reference FROM reference_known) AS reference_known
        ON reference_known.reference = upper(regexp_replace(used.quoted_reference, '[^A-Za-z0-9]', '', 'g'))
    GROUP BY used.system
),

family AS (
    SELECT incident.incident AS matter, incident.incident AS relative FROM incident
    UNION
    SELECT incident.incident AS matter, incident.parent AS relative FROM incident WHERE incident.parent IS NOT NULL
    UNION
    SELECT incident.parent AS matter, incident.incident AS relative FROM incident WHERE incident.parent IS NOT NULL
),

part AS (
    SELECT involvement.incident AS matter, involvement.subject FROM involvement
    UNION
    SELECT tasking.task AS matter, tasking.subject FROM tasking
    UNION
    SELECT briefing.briefing AS matter, briefing.subject FROM briefing
),

told AS (
    SELECT
        quoted.finding,
        quoted.reference,
        bool_or(reference_known.reference IS NOT NULL) AS is_known,
        bool_or(part.subject IS NOT NULL) AS has_parts,
        bool_or(coalesce(part.subject = quoted.subject, FALSE)) OR bool_or(coalesce(reference_known.number = quoted.subject, FALSE))
            AS fits
    FROM quoted
    LEFT JOIN reference_known ON reference_known.reference = quoted.reference
    LEFT JOIN family ON family.matter = reference_known.number
    LEFT JOIN part ON part.matter = coalesce(family.relative, reference_known.number)
    GROUP BY quoted.finding, quoted.reference
),

own AS (
    SELECT DISTINCT quoted.finding, upper(regexp_replace(part.matter, '[^A-Za-z0-9]', '', 'g')) AS reference
    FROM quoted
    JOIN part ON part.subject = quoted.subject
),

slip AS (
    SELECT DISTINCT told.finding, told.reference
    FROM told
    JOIN own ON own.finding = told.finding
    WHERE NOT told.fits AND levenshtein(told.reference, own.reference) <= 2 AND length(told.reference) >= 5
),

judged AS (
    SELECT
        quoted.*,
        told.fits OR slip.finding IS NOT NULL AS is_fitting,
        NOT told.is_known AND speaks.tells AND slip.finding IS NULL AS is_unknown,
        told.is_known AND told.has_parts AND NOT told.fits AND slip.finding IS NULL AS is_unrelated
    FROM quoted
    JOIN told ON told.finding = quoted.finding AND told.reference = quoted.reference
    JOIN speaks ON speaks.system = quoted.system
    LEFT JOIN slip ON slip.finding = quoted.finding AND slip.reference = quoted.reference
),

reused AS (
    SELECT actor, reference, count(DISTINCT subject) AS subjects
    FROM judged
    WHERE is_unknown OR is_unrelated
    GROUP BY actor, reference
)

SELECT
    judged.finding,
    count(DISTINCT judged.reference) FILTER (WHERE judged.is_fitting) AS references_fitting,
    count(DISTINCT judged.reference) FILTER (WHERE judged.is_unknown) AS references_unknown,
    min(judged.quoted_reference) FILTER (WHERE judged.is_unknown) AS reference_unknown,
    count(DISTINCT judged.reference) FILTER (WHERE judged.is_unrelated) AS references_unrelated,
    min(judged.quoted_reference) FILTER (WHERE judged.is_unrelated) AS reference_unrelated,
    max(reused.subjects) AS reference_subjects,
    arg_max(judged.quoted_reference, (reused.subjects, judged.quoted_reference)) FILTER (WHERE reused.subjects IS NOT NULL)
        AS reference_reused
FROM judged
LEFT JOIN reused
    ON reused.actor = judged.actor AND reused.reference = judged.reference AND (judged.is_unknown OR judged.is_unrelated)
GROUP BY judged.finding
