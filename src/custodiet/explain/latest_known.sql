-- Writes one moment: the latest at which something is known to have been done, all but the latest thousandth of accesses aside.
-- Why: a source is silent when life went on without it. A handful of accesses with a clock in the future must end no source.
SELECT occurred_at
FROM access
ORDER BY occurred_at DESC
LIMIT 1
OFFSET (SELECT count(*) // 1000 FROM access)
