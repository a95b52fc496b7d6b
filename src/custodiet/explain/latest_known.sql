-- Writes one moment: the latest at which something is known to have been done, all but the latest thousandth of accesses aside.
-- Why: a source is silent when life went on without it. A handful of accesses with a clock in the future must end no source.
-- The moment is not before the one that the last entries alone would give: no more than what is later need be put in order.
WITH
  reach AS (
    SELECT count(*) // 1000 AS aside, max(access) - (max(access) - min(access)) // 50 AS late
    FROM access
  ),
  earliest AS (
    SELECT occurred_at
    FROM access
    WHERE access > (SELECT late FROM reach)
    ORDER BY occurred_at DESC
    LIMIT 1
    OFFSET (SELECT aside FROM reach)
  )
SELECT occurred_at
FROM access
WHERE occurred_at >= coalesce((SELECT occurred_at FROM earliest), TIMESTAMP '0001-01-01 00:00:00')
ORDER BY occurred_at DESC
LIMIT 1
OFFSET (SELECT aside FROM reach)
