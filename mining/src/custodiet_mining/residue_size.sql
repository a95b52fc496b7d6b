-- Writes how many accesses the residue holds.
SELECT count(*) AS accesses
FROM residue
