-- Writes the strongest instance of each template for each fake numbered from $low and below $high, by what it was made from.
SELECT a.made_from AS access, f.template, max(f.strength) AS strength
FROM fake_found AS f
JOIN fake_access AS a ON a.access = f.access
WHERE $low <= f.access AND f.access < $high
GROUP BY a.made_from, f.template
