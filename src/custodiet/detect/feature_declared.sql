-- Writes feature_declared: the tie that the actor declared to the subject, or to someone at the subject's address.
-- Why: who declares a tie should not look; and a former partner's child or new partner lives with the former partner.
-- A tie that was declared and has ended still counts: kin do not cease.
WITH declared AS (
    SELECT look.finding, min(replace(lower(association.nature), '_', '-')) AS declared_nature
    FROM look
    JOIN association
        ON association.person = look.actor
        AND association.subject = look.subject
        AND association.valid_from <= look.occurred_at
    GROUP BY look.finding
),

associate AS (
    SELECT
        association.person,
        association.subject,
        upper(trim(subject.address)) AS address,
        greatest(association.valid_from, subject.valid_from) AS valid_from,
        subject.valid_to
    FROM association
    JOIN subject ON subject.subject = association.subject
    WHERE subject.address IS NOT NULL
),

beside AS (
    SELECT DISTINCT look.finding
    FROM look
    JOIN subject_then ON subject_then.access = look.access
    JOIN associate
        ON associate.person = look.actor
        AND associate.address = subject_then.address
        AND associate.subject <> look.subject
        AND associate.valid_from <= look.occurred_at
        AND look.occurred_at < associate.valid_to
)

SELECT
    coalesce(declared.finding, beside.finding) AS finding,
    declared.declared_nature,
    beside.finding IS NOT NULL AS lives_with_declared
FROM declared
FULL JOIN beside ON beside.finding = declared.finding
