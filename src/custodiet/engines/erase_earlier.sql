-- Writes the facts that a source stated before under the same identifier as one of those chosen, and that were not chosen.
-- If only the later statement were erased, the earlier one would stand again.
SELECT DISTINCT s."index"
FROM stored_rows AS s
JOIN chosen_rows AS c
    ON c.source = s.source AND c.kind = s.kind AND c.source_fact_id = s.source_fact_id AND s."index" < c."index"
WHERE s."index" NOT IN (SELECT chosen_rows."index" FROM chosen_rows)
ORDER BY 1
