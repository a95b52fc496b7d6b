-- Writes the rank by which each of these people ($people) was called at $at; who has none then is left out.
-- Sentences name people as their colleagues would have on the day.
SELECT person, arg_max(rank, (valid_from, fact)) AS rank
FROM staff
WHERE list_contains($people, person) AND rank IS NOT NULL AND valid_from <= $at AND $at < valid_to
GROUP BY person
ORDER BY person
