-- Writes tie_frequency: how common each value of what is compared is among all descriptions, of those asked about or not.
-- Why: to share the name of one in a million says more than to share that of one in a hundred. The share is told for every
-- value at hand and counted over the whole of the records, so that asking about few people does not make their names rare.
WITH counted AS (
    SELECT
        nullif(regexp_replace(upper(strip_accents(surname)), '[^A-Z]', '', 'g'), '') AS surname,
        nullif(regexp_extract(upper(strip_accents(forename)), '[A-Z]+', 0), '') AS forename,
        CASE WHEN regexp_matches(date_of_birth, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') THEN date_of_birth END AS date_of_birth
    FROM subject
    WHERE subject_kind = 'person'
),

held AS (
    SELECT 'surname' AS field, surname AS value, count(*) AS bearers FROM counted WHERE surname IS NOT NULL GROUP BY surname
    UNION ALL
    SELECT 'forename' AS field, forename AS value, count(*) AS bearers FROM counted WHERE forename IS NOT NULL GROUP BY forename
    UNION ALL
    SELECT 'date_of_birth' AS field, date_of_birth AS value, count(*) AS bearers
    FROM counted
    WHERE date_of_birth IS NOT NULL
    GROUP BY date_of_birth
)

SELECT
    field,
    value,
    bearers,
    bearers / CAST(sum(bearers) OVER (PARTITION BY field) AS DOUBLE) AS share
FROM held
