-- Writes the findings of a run that a reader may see, with ranks given anew among them.
-- Why: a gap in the ranks would tell that something is there. What is walled is left out before anything is compared.
SELECT
    finding.finding,
    row_number() OVER (ORDER BY finding.rank) AS rank,
    finding.score,
    finding.actor,
    finding.subject,
    finding.first_at,
    finding.accesses,
    finding.unexplained,
    finding.weak
FROM finding
WHERE NOT EXISTS (SELECT 1 FROM walled WHERE walled.side = 'actor' AND walled.id = finding.actor)
    AND NOT EXISTS (SELECT 1 FROM walled WHERE walled.side = 'subject' AND walled.id = finding.subject)
