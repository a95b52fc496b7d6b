-- Writes how many fakes were drawn of the family in hand, before those that somebody really made are left out.
SELECT count(*) FROM draw
