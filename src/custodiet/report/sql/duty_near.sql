-- Writes the spells of duty or absence of one actor that touch a period.
-- Why: the time of a look means little without the roster beside it.
SELECT duty, status, valid_from, valid_to
FROM duty
WHERE person = $actor AND valid_from < $until AND valid_to > $since
ORDER BY valid_from, valid_to, duty, status
