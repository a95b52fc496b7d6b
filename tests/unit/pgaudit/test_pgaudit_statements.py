"""Which records a statement touched."""

from __future__ import annotations

from io import BytesIO

import pytest

from custodiet.ingest.ports import SourceRecord
from custodiet.model.access import Access, SubjectKind
from custodiet.sources.pgaudit import FunctionKey, Key, PgAuditSettings, TableKeys, pgaudit_source

PERSON = Key(columns=("id",), prefix="P")
SETTINGS = PgAuditSettings(
    system="records",
    tables={
        "public.persons": TableKeys(keys=(PERSON,), columns=("id", "surname")),
        "public.vehicles": TableKeys(keys=(Key(columns=("vrm",), subject_kind=SubjectKind.VEHICLE),)),
        "public.involvements": TableKeys(
            keys=(
                Key(columns=("person_id",), prefix="P"),
                Key(columns=("force", "number"), subject_kind=SubjectKind.EVENT),
            )
        ),
        'public."Odd Name"': TableKeys(keys=(Key(columns=("Id",)),)),
    },
    functions={"public.person_card": FunctionKey(argument=2, prefix="P")},
    log_line_prefix="%m [%p] %c %u@%d ",
)
START = b"2026-11-22 09:00:44.132 UTC [7] 6b02af3c.7 clerk@bench LOG:  AUDIT: SESSION,1,1,"


def quoted(text: str) -> str:
    """Return the text as pgAudit writes a field."""
    return '"' + text.replace('"', '""') + '"'


def accesses(statement: str, parameters: str = "<none>", *, entry: str) -> tuple[Access, ...]:
    """Return what one entry yields: `entry` is its class, command, object type and object name."""
    payload = f"{entry},{quoted(statement)},{parameters}".replace("\n", "\n\t").encode()
    (record,) = pgaudit_source("stderr", SETTINGS)(BytesIO(START + payload + b"\n"), "log")
    assert isinstance(record, SourceRecord)
    assert record.problem is None
    return record.accesses


def subjects(statement: str, parameters: str = "<none>", *, entry: str) -> list[str]:
    """Return the subjects of one entry's accesses, in order."""
    return [access.subject for access in accesses(statement, parameters, entry=entry)]


READ_PERSONS = "READ,SELECT,TABLE,public.persons"
READ_VEHICLES = "READ,SELECT,TABLE,public.vehicles"


@pytest.mark.parametrize(
    ("statement", "parameters", "expected"),
    [
        ("SELECT * FROM persons WHERE id = 5", "<none>", ["P5"]),
        ("SELECT * FROM persons WHERE 5 = id", "<none>", ["P5"]),
        ("SELECT * FROM persons WHERE id = -5", "<none>", ["P-5"]),
        ("SELECT * FROM persons WHERE id = 'a''b'", "<none>", ["Pa'b"]),
        (r"SELECT * FROM persons WHERE id = E'a\'b\u00e9'", "<none>", ["Pa'bé"]),
        ("SELECT * FROM persons WHERE id = $1", "5", ["P5"]),
        ("SELECT * FROM persons WHERE surname = $1 AND id = $2", '"x,5"', ["P5"]),
        ("SELECT * FROM persons WHERE id = $1", '"""a,""""b"""', ['Pa,"b']),
        ("SELECT * FROM persons p WHERE p.id = $1::int", "5", ["P5"]),
        ("SELECT * FROM persons WHERE id = CAST('5' AS bigint)", "<none>", ["P5"]),
        ("SELECT * FROM persons WHERE (id)::text = '5'", "<none>", ["P5"]),
        ("SELECT * FROM persons WHERE id IN (5, $1, '7')", "6", ["P5", "P6", "P7"]),
        ("SELECT * FROM persons WHERE id IN (5, 5)", "<none>", ["P5"]),
        ("SELECT * FROM persons WHERE id = ANY($1)", '"""{5,6,NULL}"""', ["P5", "P6"]),
        ("SELECT * FROM persons WHERE id = ANY($1::text[])", '"""{""""a,b"""",c}"""', ["Pa,b", "Pc"]),
        ("SELECT * FROM persons WHERE id = ANY(ARRAY[5, 6])", "<none>", ["P5", "P6"]),
        ("SELECT * FROM persons WHERE id = ANY('{5,6}'::int[])", "<none>", ["P5", "P6"]),
        ("SELECT * FROM persons WHERE id = 5 OR (id = 6 AND surname = 'x')", "<none>", ["P5", "P6"]),
        ("SELECT * FROM persons WHERE (id, surname) = (5, 'x')", "<none>", ["P5"]),
        ("SELECT * FROM persons WHERE (id, surname) IN ((5, 'x'), ($1, 'y'))", "6", ["P5", "P6"]),
        ("SELECT * FROM persons WHERE id::text IN ('5', '6')", "<none>", ["P5", "P6"]),
        ("SELECT * FROM persons WHERE id IS NOT DISTINCT FROM 5", "<none>", ["P5"]),
        (
            'SELECT * FROM ONLY "public"."persons" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x',
            "5",
            ["P5"],
        ),
        ("SELECT\n  *\nFROM persons -- id = 9\nWHERE /* id = 8 */ id = 5", "<none>", ["P5"]),
        ("SELECT * FROM persons WHERE id = 5 UNION SELECT * FROM persons WHERE id = 6", "<none>", ["P5", "P6"]),
        ("WITH p AS (SELECT * FROM persons WHERE id = 5) SELECT * FROM p", "<none>", ["P5"]),
        ("PREPARE find (int, text) AS SELECT * FROM persons WHERE id = $1", "5", ["P5"]),
        ("DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT * FROM persons WHERE id = 5", "<none>", ["P5"]),
        ("EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM persons WHERE id = 5", "<none>", ["P5"]),
        ("SELECT * FROM persons WHERE id IN ($1,$2)AND surname=$3", '"5,6,x"', ["P5", "P6"]),
        ("SELECT * FROM persons WHERE id = 5 AND born > DATE '1990-01-01'", "<none>", ["P5"]),
        ("SELECT p.* FROM persons p JOIN (VALUES (5), ($1)) v (i) ON v.i = p.id", "6", ["P5", "P6"]),
        ("SELECT * FROM persons WHERE id = 5 AND seen > now() - INTERVAL '1 day' LIMIT 10", "<none>", ["P5"]),
    ],
)
def test_keys_in_a_condition_are_subjects(statement: str, parameters: str, expected: list[str]) -> None:
    """A key held to known values names the subjects, whichever way the statement says it."""
    assert subjects(statement, parameters, entry=READ_PERSONS) == expected


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        ("SELECT * FROM persons", "<none>"),
        ("SELECT * FROM persons WHERE id > 5", "<none>"),
        ("SELECT * FROM persons WHERE id <> 5", "<none>"),
        ("SELECT * FROM persons WHERE NOT id = 5", "<none>"),
        ("SELECT * FROM persons WHERE id NOT IN (5, 6)", "<none>"),
        ("SELECT * FROM persons WHERE id = 5 OR surname = 'x'", "<none>"),
        ("SELECT * FROM persons WHERE surname LIKE 'SMI%'", "<none>"),
        ("SELECT * FROM persons WHERE id = $1", "<not logged>"),
        ("SELECT * FROM persons WHERE id = $1", ""),
        ("SELECT * FROM persons WHERE id = $2", "5"),
        ("SELECT * FROM persons WHERE id = $1 + 1", "5"),
        ("SELECT * FROM persons WHERE id = ANY($1)", "{}"),
        ("SELECT * FROM persons WHERE id IN (SELECT person_id FROM involvements WHERE force = 'A')", "<none>"),
        ("SELECT * FROM persons p LEFT JOIN vehicles v ON p.id = 5", "<none>"),
        ("this is no statement", "<none>"),
    ],
)
def test_what_cannot_be_resolved_stays_visible_as_the_table(statement: str, parameters: str) -> None:
    """Without a known key the entry is one access to the table, never none and never a guess."""
    (access,) = accesses(statement, parameters, entry=READ_PERSONS)
    assert (access.subject, access.subject_kind) == ("public.persons", SubjectKind.TABLE)


def test_a_search_keeps_its_condition_with_values() -> None:
    """The condition of an unresolved read is kept as search terms, with the parameters' values in their places."""
    (access,) = accesses(
        "SELECT * FROM persons WHERE surname LIKE $1 AND born < '1990-01-01'", "O'N%", entry=READ_PERSONS
    )
    assert access.search_terms == "surname LIKE 'O''N%' AND born < '1990-01-01'"
    assert (access.action, access.channel) == ("consultation", "search")


JOIN = "SELECT * FROM persons p {} JOIN vehicles v ON v.vrm = p.id WHERE {}"


@pytest.mark.parametrize(
    ("side", "condition", "persons", "vehicles"),
    [
        ("", "p.id = 'x'", ["Px"], ["x"]),
        ("", "v.vrm = 'x'", ["Px"], ["x"]),
        ("", "vrm = 'x'", ["Px"], ["x"]),
        ("LEFT", "p.id = 'x'", ["Px"], ["x"]),
        ("LEFT", "v.vrm = 'x'", ["public.persons"], ["x"]),
        ("RIGHT", "v.vrm = 'x'", ["Px"], ["x"]),
        ("FULL", "p.id = 'x'", ["Px"], ["public.vehicles"]),
    ],
)
def test_values_cross_a_join_only_where_the_join_holds_rows_down(
    side: str, condition: str, persons: list[str], vehicles: list[str]
) -> None:
    """Equality carries a known value to the other table, but not to rows that an outer join keeps anyway."""
    statement = JOIN.format(side, condition)
    assert subjects(statement, entry=READ_PERSONS) == persons
    assert subjects(statement, entry=READ_VEHICLES) == vehicles


def test_a_table_with_two_keys_yields_both_subjects() -> None:
    """Each key of a table that is known yields its own access; a composite key is joined by its separator."""
    entry = "READ,SELECT,TABLE,public.involvements"
    found = accesses("SELECT * FROM involvements WHERE person_id = 5 AND force = 'A' AND number IN (1, 2)", entry=entry)
    assert [(a.subject, a.subject_kind) for a in found] == [("P5", "person"), ("A-1", "event"), ("A-2", "event")]


def test_values_of_two_columns_are_not_guessed_together() -> None:
    """Where both columns of a key have several values, none of the pairs is taken for a subject."""
    entry = "READ,SELECT,TABLE,public.involvements"
    pairs = "(force = 'A' AND number = 1) OR (force = 'B' AND number = {})"
    assert subjects(f"SELECT * FROM involvements WHERE {pairs.format(2)}", entry=entry) == ["public.involvements"]
    assert subjects(f"SELECT * FROM involvements WHERE {pairs.format(1)}", entry=entry) == ["A-1", "B-1"]


def test_a_quoted_name_keeps_its_case() -> None:
    """A table and column in quotation marks are matched as written."""
    entry = 'READ,SELECT,TABLE,"public.""Odd Name"""'
    assert subjects('SELECT * FROM "Odd Name" WHERE "Id" = 5', entry=entry) == ["5"]
    assert subjects('SELECT * FROM "Odd Name" WHERE Id = 5', entry=entry) == ['public."Odd Name"']


def test_names_match_however_they_are_quoted() -> None:
    """A table is found under its name whether or not the entry names it, and with more quotation marks than it needs."""
    assert subjects('SELECT * FROM "Odd Name" WHERE "Id" = 5', entry="READ,SELECT,,") == ["5"]
    assert subjects('SELECT * FROM "persons" WHERE id = 5', entry='READ,SELECT,TABLE,"public.""persons"""') == ["P5"]
    assert subjects('SELECT * FROM other."Odd Name"', entry="READ,SELECT,,") == ['other."Odd Name"']


@pytest.mark.parametrize(
    ("statement", "entry", "expected", "action"),
    [
        ("INSERT INTO persons (id, surname) VALUES (5, 'x'), ($1, 'y')", "WRITE,INSERT", ["P5", "P6"], "collection"),
        ("INSERT INTO persons VALUES (5, 'x')", "WRITE,INSERT", ["P5"], "collection"),
        ("INSERT INTO persons (surname) VALUES ('x')", "WRITE,INSERT", ["public.persons"], "collection"),
        ("INSERT INTO persons (id) VALUES (5), (nextval('s'))", "WRITE,INSERT", ["P5", "public.persons"], "collection"),
        (
            "INSERT INTO persons (id) VALUES (5) ON CONFLICT (id) DO UPDATE SET surname = 'x' RETURNING id",
            "WRITE,INSERT",
            ["P5"],
            "collection",
        ),
        ("INSERT INTO persons (id,surname) VALUES ($1,$1),(7,E'it\\'s')", "WRITE,INSERT", ["P6", "P7"], "collection"),
        (
            "MERGE INTO persons p USING (VALUES (5)) v (i) ON v.i = p.id WHEN MATCHED THEN DELETE",
            "WRITE,DELETE",
            ["P5"],
            "erasure",
        ),
        ("INSERT INTO persons (id, surname) SELECT 5, 'x'", "WRITE,INSERT", ["P5"], "collection"),
        ("UPDATE persons SET surname = 'x' WHERE id = $1", "WRITE,UPDATE", ["P6"], "alteration"),
        (
            "UPDATE persons p SET surname = 'x' FROM vehicles v WHERE v.vrm = p.id AND v.vrm = 'k'",
            "WRITE,UPDATE",
            ["Pk"],
            "alteration",
        ),
        ("DELETE FROM persons WHERE id IN (5, 6)", "WRITE,DELETE", ["P5", "P6"], "erasure"),
        ("SELECT * FROM persons WHERE id = 5 FOR UPDATE", "WRITE,UPDATE", ["P5"], "consultation"),
        ("COPY persons (id, surname) FROM STDIN", "WRITE,INSERT", ["public.persons"], "collection"),
        ("COPY persons TO STDOUT", "READ,SELECT", ["public.persons"], "disclosure"),
        ("COPY (SELECT * FROM persons WHERE id = 5) TO STDOUT WITH (FORMAT csv)", "READ,SELECT", ["P5"], "disclosure"),
    ],
)
def test_the_command_decides_the_action(statement: str, entry: str, expected: list[str], action: str) -> None:
    """Each command is one of the six operations, on the records that it names."""
    found = accesses(statement, "6", entry=f"{entry},TABLE,public.persons")
    assert [access.subject for access in found] == expected
    assert {access.action for access in found} == {action}


@pytest.mark.parametrize(
    ("statement", "entry", "expected", "action"),
    [
        (
            "TRUNCATE TABLE persons, vehicles",
            "WRITE,TRUNCATE TABLE,,",
            ["public.persons", "public.vehicles"],
            "erasure",
        ),
        ("drop table if exists persons", "DDL,DROP TABLE,,", ["public.persons"], "erasure"),
        ("ALTER TABLE hr.staff ADD COLUMN x int", "DDL,ALTER TABLE,TABLE,hr.staff", ["hr.staff"], "alteration"),
        ("create database other", "DDL,CREATE DATABASE,,", ["bench"], "alteration"),
        ("create role x login", "ROLE,CREATE ROLE,,", ["bench"], "alteration"),
        ("GRANT SELECT ON persons TO x", "ROLE,GRANT,TABLE,", ["public.persons"], "alteration"),
        ("BEGIN", "MISC,BEGIN,,", ["bench"], "consultation"),
        ("DO $$ BEGIN PERFORM 1; END $$", "FUNCTION,DO,,", ["bench"], "consultation"),
        ("SELECT other(5)", "FUNCTION,EXECUTE,FUNCTION,public.other", ["public.other"], "consultation"),
        (
            "SELECT * FROM person_card('clerk', 5)",
            "FUNCTION,EXECUTE,FUNCTION,public.person_card",
            ["P5"],
            "consultation",
        ),
        (
            "SELECT person_card('clerk')",
            "FUNCTION,EXECUTE,FUNCTION,public.person_card",
            ["public.person_card"],
            "consultation",
        ),
        ("SELECT * FROM persons, vehicles WHERE id = 5 AND vrm = 'x'", "READ,SELECT,,", ["P5", "x"], "consultation"),
    ],
)
def test_every_class_of_entry_is_accounted_for(statement: str, entry: str, expected: list[str], action: str) -> None:
    """An entry of any class is an access to what it names, or to the database where it names nothing."""
    found = accesses(statement, entry=entry)
    assert [access.subject for access in found] == expected
    assert {access.action for access in found} == {action}


def test_more_subjects_than_the_fan_out_are_one_access_that_lists_them() -> None:
    """A statement over the fan-out keeps every subject, in one access to the table."""
    numbers = ",".join(str(number) for number in range(10_001))
    (access,) = accesses(f"SELECT * FROM persons WHERE id IN ({numbers})", entry=READ_PERSONS)
    assert access.subject == "public.persons"
    assert access.extra is not None
    assert access.extra.count('"person:P') == 10_001


def test_statements_are_not_quoted_in_logs(caplog: pytest.LogCaptureFixture) -> None:
    """A statement that cannot be taken apart leaves no words in any log: it may hold personal data."""
    accesses("EXECUTE find('Eve Doe')", entry="MISC,EXECUTE,,")
    assert "Eve" not in caplog.text
