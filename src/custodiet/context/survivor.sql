-- Writes survivor: for each subject number that was merged away, the number that goes on.
-- Merges chain, so the chain is followed to its end; where a number was merged twice the later fact holds. Sources have
-- been seen to merge two numbers into each other: such a ring is cut at its smallest number, so that all agree.
WITH RECURSIVE
  next AS (
    SELECT subject, counterpart AS survivor
    FROM standing_fact
    WHERE kind = 'subject_merge' AND subject <> counterpart
    QUALIFY row_number() OVER (PARTITION BY subject ORDER BY "index" DESC) = 1
  ),
  reached AS (
    SELECT subject, survivor FROM next
    UNION
    SELECT r.subject, n.survivor FROM reached AS r JOIN next AS n ON n.subject = r.survivor
  ),
  ring AS (
    SELECT subject FROM reached WHERE subject = survivor
  )
SELECT r.subject, min(r.survivor) AS survivor
FROM reached AS r
LEFT JOIN next AS n ON n.subject = r.survivor
LEFT JOIN ring AS g ON g.subject = r.survivor
WHERE n.subject IS NULL OR g.subject IS NOT NULL
GROUP BY r.subject
