-- Writes how many pairs of actor and subject are tied, by the nature of the tie.
SELECT nature, count(*) AS pairs
FROM (SELECT DISTINCT actor, subject, nature FROM fake_tie) AS pair
GROUP BY nature
ORDER BY nature
