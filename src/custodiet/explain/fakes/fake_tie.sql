-- Writes fake_tie: which members of the workforce are tied to which subjects, how, and in which period both descriptions hold.
-- Declared: a tie that somebody declared, also after it ended. Self and colleague: names and date of birth agree.
-- Household: one address, and not the person himself. Surname: one that at most $bearers people on record bear.
WITH
  described AS (
    SELECT
      person, upper(trim(surname)) AS surname, upper(trim(forename)) AS forename, date_of_birth,
      upper(trim(address)) AS address, valid_from, valid_to
    FROM staff
  ),
  recorded AS (
    SELECT
      subject, upper(trim(surname)) AS surname, upper(trim(forename)) AS forename, date_of_birth,
      upper(trim(address)) AS address, valid_from, valid_to
    FROM subject
    WHERE subject_kind = 'person'
  ),
  rare AS (
    SELECT surname FROM recorded GROUP BY surname HAVING count(DISTINCT subject) <= $bearers
  ),
  same_person AS (
    SELECT
      w.person,
      r.subject,
      greatest(w.valid_from, r.valid_from) AS valid_from,
      least(w.valid_to, r.valid_to) AS valid_to
    FROM described AS w
    JOIN recorded AS r ON r.surname = w.surname AND r.forename = w.forename AND r.date_of_birth = w.date_of_birth
  ),
  likened AS (
    SELECT person AS actor, subject, 'declared' AS nature, valid_from, TIMESTAMP '9999-12-31 00:00:00' AS valid_to
    FROM association
    UNION ALL
    SELECT person, subject, 'self', valid_from, valid_to FROM same_person
    UNION ALL
    SELECT
      a.person,
      c.subject,
      'colleague',
      greatest(a.valid_from, b.valid_from, c.valid_from),
      least(a.valid_to, b.valid_to, c.valid_to)
    FROM same_person AS c
    JOIN posting AS b ON b.person = c.person
    JOIN posting AS a ON a.unit = b.unit AND a.person <> b.person
    UNION ALL
    SELECT w.person, r.subject, 'household', greatest(w.valid_from, r.valid_from), least(w.valid_to, r.valid_to)
    FROM described AS w
    JOIN recorded AS r ON r.address = w.address
    WHERE (w.surname, w.forename, w.date_of_birth) IS DISTINCT FROM (r.surname, r.forename, r.date_of_birth)
    UNION ALL
    SELECT w.person, r.subject, 'surname', greatest(w.valid_from, r.valid_from), least(w.valid_to, r.valid_to)
    FROM described AS w
    JOIN recorded AS r ON r.surname = w.surname
    JOIN rare AS s ON s.surname = r.surname
    WHERE (w.forename, w.date_of_birth) IS DISTINCT FROM (r.forename, r.date_of_birth)
  )
SELECT DISTINCT actor, subject, nature, valid_from, valid_to
FROM likened
WHERE valid_from < valid_to
