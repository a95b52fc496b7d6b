-- Writes the strongest instance of each template for each sampled access.
SELECT e.access, e.template, max(e.strength) AS strength
FROM explanation AS e
JOIN sampled_access AS s ON s.access = e.access
GROUP BY e.access, e.template
