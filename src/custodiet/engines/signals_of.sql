-- Writes the signals of the findings in front_finding: what weighs most first, then by name.
-- Why: a reader takes the strongest reason first. Where $finding is given, the signals of that one alone.
SELECT signal.finding, signal.signal, signal.points, signal.facts
FROM signal
JOIN front_finding ON front_finding.finding = signal.finding
WHERE signal.finding = coalesce($finding, signal.finding)
ORDER BY signal.finding, abs(signal.points) DESC, signal.points DESC, signal.signal
