-- A small records application: its tables, a view, a function and the roles that use them.
CREATE TABLE persons (id integer PRIMARY KEY, surname text NOT NULL, notes text);
CREATE TABLE vehicles (vrm text PRIMARY KEY, keeper integer REFERENCES persons (id));
CREATE TABLE incidents (force text, number integer, summary text, PRIMARY KEY (force, number));
CREATE TABLE involvements (
  person_id integer REFERENCES persons (id), force text, number integer,
  FOREIGN KEY (force, number) REFERENCES incidents (force, number)
);
CREATE TABLE "Case Notes" ("Person" integer, body text);
CREATE VIEW surnames AS SELECT id, surname FROM persons;
CREATE FUNCTION person_card(wanted integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT surname FROM persons WHERE id = wanted);
END
$$;
CREATE ROLE auditor;
CREATE ROLE clerk LOGIN SUPERUSER;
CREATE ROLE "o'dd, ""clerk""" LOGIN SUPERUSER;
GRANT SELECT, UPDATE ON vehicles TO auditor;
INSERT INTO persons SELECT number, 'Surname ' || number, NULL FROM generate_series(1, 500) AS number;
