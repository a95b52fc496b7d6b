-- Writes tie_kin: who lives or lived with a member of staff and bears a surname of his, with the chance that they are kin.
-- Why: kinship is on no record. Of those who share a home $kin_share are kin; strangers under one roof share a surname no more often
-- than its share of all people. The chance that the home is one, times the chance that those who share it are kin: the rarer the
-- name, the surer. It enters every sum as an expected weight and is never a fact.
WITH named AS (
    SELECT
        home.person,
        home.subject,
        home.probability,
        home.reasons,
        home.waterfall,
        home.method,
        home.valid_from,
        home.valid_to,
        home.basis,
        greatest(coalesce(frequency.share, 0), 1e-6) AS share
    FROM tie_home AS home
    JOIN tie_left AS l ON l.unique_id = home.left_record
    JOIN tie_record AS r ON r.record = home.right_record
    LEFT JOIN tie_frequency AS frequency ON frequency.field = 'surname' AND frequency.value = r.surname
    WHERE home.nature IN ('household', 'former_household') AND list_contains(l.surnames, r.surname)
)

SELECT
    person,
    subject,
    least(probability * $kin_share / ($kin_share + (1 - $kin_share) * share), 0.999999) AS probability,
    reasons || ', a surname that ' || CAST(round(share * 10000, 2) AS VARCHAR) || ' in 10,000 people bear' AS reasons,
    replace(waterfall, ']]', '],["surname","one surname",' || CAST(round(-log2(share), 2) AS VARCHAR) || ']]') AS waterfall,
    method,
    valid_from,
    valid_to,
    basis
FROM named
