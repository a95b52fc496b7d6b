-- Writes by which rank each actor in `asked`, and each person in `nearest`, was called at the time of the look asked about.
-- Sentences name people as their colleagues would have on the day; who has no rank then is left out.
WITH called AS (
    SELECT asked.name, asked.actor AS person, asked.at
    FROM asked
    UNION
    SELECT nearest.name, nearest.person, asked.at
    FROM nearest
    JOIN asked ON asked.name = nearest.name
    WHERE nearest.person IS NOT NULL
)

SELECT called.name, called.person, arg_max(staff.rank, (staff.valid_from, staff.fact)) AS rank
FROM called
JOIN staff
    ON staff.person = called.person
    AND staff.rank IS NOT NULL
    AND staff.valid_from <= called.at
    AND called.at < staff.valid_to
GROUP BY called.name, called.person
ORDER BY called.name, called.person
