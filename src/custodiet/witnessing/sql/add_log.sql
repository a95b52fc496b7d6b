-- Writes that this key may sign for this log; once is enough.
INSERT INTO known_log (origin, vkey, added_at) VALUES ($origin, $vkey, $at) ON CONFLICT DO NOTHING
