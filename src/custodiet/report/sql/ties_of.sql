-- Writes the ties of a run, of one member of the workforce or of all: the likeliest first, then by what can be checked.
-- Why: whoever doubts a finding wants to see on what its tie rests.
SELECT person, subject, nature, probability, reasons, waterfall, valid_from, valid_to, basis, method
FROM tie
WHERE $person IS NULL OR person = $person
ORDER BY probability DESC, person, subject, nature, valid_from, valid_to, basis
