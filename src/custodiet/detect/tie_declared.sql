-- Writes tie_declared: the ties that members of the workforce declared themselves, from the day on which they said so.
-- Why: what is declared needs no estimate. A tie that has ended stays: kin do not cease, and a former partner is one still.
SELECT
    person,
    subject,
    CAST(1 AS DOUBLE) AS probability,
    replace(lower(nature), '_', '-') AS reasons,
    '[["declared",' || CAST(to_json(replace(lower(nature), '_', '-')) AS VARCHAR) || ',null]]' AS waterfall,
    'declared/1' AS method,
    valid_from,
    TIMESTAMP '9999-12-31 00:00:00' AS valid_to,
    [fact] AS basis
FROM association
