-- Writes account_holder: whose an account was, in spells that never overlap.
-- Accounts are lent and re-issued, so facts overlap; in each spell the fact that began last holds, then the later entry.
WITH
  bound AS (
    SELECT account, valid_from AS at FROM account
    UNION
    SELECT account, valid_to AS at FROM account
  ),
  spell AS (
    SELECT account, at AS valid_from, lead(at) OVER (PARTITION BY account ORDER BY at) AS valid_to FROM bound
  )
SELECT s.account, a.person, a.fact, s.valid_from, s.valid_to
FROM spell AS s
JOIN account AS a ON a.account = s.account
WHERE a.valid_from <= s.valid_from AND s.valid_to <= a.valid_to
QUALIFY row_number() OVER (PARTITION BY s.account, s.valid_from ORDER BY a.valid_from DESC, a.fact DESC) = 1
