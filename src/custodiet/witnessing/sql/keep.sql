-- Writes the checkpoint that is about to be cosigned in the place of the one before.
INSERT INTO cosigned (origin, size, note, time) VALUES ($origin, $size, $note, $time)
ON CONFLICT (origin) DO UPDATE SET size = excluded.size, note = excluded.note, time = excluded.time
