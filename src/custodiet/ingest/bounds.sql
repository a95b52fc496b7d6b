-- Writes the first and last running number and moment of a delivery.
-- The next delivery of the source is held against them.
SELECT min(sequence), max(sequence), min(occurred_at), max(occurred_at) FROM heard
