-- Writes what a run kept of context: kind, source, facts and up to when each source had delivered.
-- Why: the report reads a run, not the ledger.
SELECT kind, source, facts, delivered_to
FROM context_held
ORDER BY kind, source
