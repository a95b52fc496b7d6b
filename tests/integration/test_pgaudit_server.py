"""A real PostgreSQL server with pgAudit, started here, that logs a records application's workload in three formats at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from custodiet.ingest.ports import NotAudit, SourceRecord
from custodiet.model.access import Access
from custodiet.sources.pgaudit import LogFormat, PgAuditSettings, pgaudit_source

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")

BIN = Path(os.environ.get("CUSTODIET_POSTGRESQL_BIN", "/usr/lib/postgresql/15/bin"))
HERE = Path(__file__).parent / "pgaudit_server"
SETTINGS = PgAuditSettings.from_toml(HERE / "settings.toml")
FILES: dict[LogFormat, str] = {"csvlog": "server.csv", "jsonlog": "server.json", "stderr": "server.log"}
CONFIGURATION = """
shared_preload_libraries = 'pgaudit'
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_directory = 'log'
log_filename = 'server.log'
log_rotation_age = 0
log_rotation_size = 0
log_line_prefix = '%m [%p] %c %q%u@%d/%a %h '
log_timezone = 'Europe/London'
log_connections = on
listen_addresses = ''
fsync = off
pgaudit.log = 'all'
pgaudit.log_parameter = on
pgaudit.log_relation = on
pgaudit.log_rows = on
pgaudit.role = 'auditor'
"""

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not (BIN / "initdb").exists(), reason="no PostgreSQL server is installed"),
    pytest.mark.skipif(not (BIN.parent / "lib" / "pgaudit.so").exists(), reason="pgAudit is not installed"),
]


class Server:
    """A PostgreSQL server in a folder of its own, reached through a socket there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self._as_owner: list[str] = []
        if os.geteuid() == 0:
            self._as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(folder, "postgres", "postgres")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_owner, str(BIN / program), "-D", str(self.data), *arguments]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=120, cwd=self.folder)
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(
                f"PostgreSQL cannot be started here: {program} failed ({getattr(error, 'stderr', None) or error})"
            )

    def start(self) -> None:
        """Make the database cluster and start the server."""
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        configuration = f"{CONFIGURATION}unix_socket_directories = '{self.folder}'\n"
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(configuration)
        self._run("pg_ctl", "-w", "-l", str(self.folder / "out"), "start")

    def stop(self) -> None:
        """Stop the server, which closes its logs."""
        self._run("pg_ctl", "-m", "fast", "-w", "stop")

    def connect(self, user: str, database: str = "records"):
        """Return a connection in which each statement is a transaction."""
        return psycopg.connect(
            host=str(self.folder), user=user, dbname=database, autocommit=True, application_name="records app"
        )


#: Each step of the workload: what is run, with which parameters, and the subjects that its entries must name.
STEPS: list[tuple[str, tuple[object, ...], list[str]]] = [
    ("SELECT * FROM persons WHERE id = %s", (1,), ["P1"]),
    ("SELECT surname,\n\tnotes\nFROM persons\n\n-- by number\nWHERE id = %s", (2,), ["P2"]),
    ("SELECT * FROM persons WHERE id IN (3, %s, 5)", (4,), ["P3", "P4", "P5"]),
    ("SELECT * FROM persons WHERE id = ANY(%s)", ([6, 7],), ["P6", "P7"]),
    ("SELECT * FROM persons WHERE surname LIKE %s", ("O'N%",), ["public.persons"]),
    (
        "SELECT p.surname FROM persons p JOIN involvements i ON i.person_id = p.id WHERE p.id = %s",
        (8,),
        ["P8", "P8"],
    ),
    ("INSERT INTO vehicles (vrm, keeper) VALUES (%s,%s),(%s,NULL)", ("AB 1", 9, 'Ü"2'), ["P9", "AB 1", 'Ü"2']),
    ("UPDATE vehicles SET keeper = NULL WHERE vrm = %s", ('Ü"2',), ['Ü"2']),
    ("INSERT INTO incidents VALUES ('A', 1, %s)", ("knife,\n\"gun\" and \\ 'rope'",), ["public.incidents"]),
    ("INSERT INTO involvements VALUES (10, 'A', 1)", (), ["A-1", "A-1", "P10", "P10"]),
    ("PREPARE find (int) AS SELECT * FROM persons WHERE id = $1", (), ["public.persons"]),
    ("EXECUTE find(11)", (), ["P11", "records"]),
    ("SELECT * FROM surnames WHERE id = 12", (), ["P12", "public.persons", "public.surnames"]),
    ("SELECT person_card(13)", (), ["P13", "public.persons", "records"]),
    ("DO $do$ BEGIN PERFORM * FROM persons WHERE id = 14; END $do$", (), ["P14", "records"]),
    ("SELECT 1 FROM persons a JOIN persons b ON a.id = b.id WHERE a.id = 15", (), ["P15", "P15"]),
    ("SELECT * FROM persons WHERE id = 16 FOR UPDATE", (), ["P16"]),
    (
        "MERGE INTO persons p USING (VALUES (17)) n (i) ON p.id = n.i WHEN MATCHED THEN UPDATE SET notes = ''",
        (),
        ["P17"],
    ),
    ('INSERT INTO "Case Notes" ("Person", body) VALUES (18, E\'it\\\'s\\n£\')', (), ["P18"]),
    ("CREATE TABLE copied AS SELECT * FROM persons WHERE id = 19", (), ["P19", "public.copied"]),
    ("TRUNCATE copied", (), ["public.copied"]),
    ("DROP TABLE copied", (), ["public.copied"]),
    ("SET pgaudit.log_statement_once = on", (), ["records"]),
    ("SELECT 1 FROM persons p, vehicles v WHERE p.id = 20 AND v.vrm = 'AB 1'", (), ["AB 1", "AB 1", "P20"]),
    ("SET pgaudit.log_statement_once = off", (), ["records"]),
    ("DELETE FROM vehicles WHERE vrm IN ('AB 1')", (), ["AB 1", "AB 1"]),
    ("SET pgaudit.log_relation = off", (), ["records"]),
    ("SELECT 1 FROM persons p, involvements i WHERE p.id = 21 AND i.person_id = p.id", (), ["P21", "P21"]),
    ("SET pgaudit.log_parameter = off", (), ["records"]),
    ("SELECT * FROM persons WHERE id = %s", (22,), ["public.persons"]),
]
COPIES = [
    ("COPY (SELECT * FROM persons WHERE id = 23) TO STDOUT", ["P23", "public.persons"]),
    ("COPY persons TO STDOUT", ["public.persons"]),
]
#: Subjects that the object log tells a second time: vehicles are granted to its role for SELECT and UPDATE.
TWICE = {"UPDATE vehicles SET keeper = NULL WHERE vrm = %s": 2}


def work(server: Server) -> None:
    """Run the workload: one session for each step, whose user is named for the step."""
    with server.connect("postgres", "postgres") as connection:
        connection.execute("CREATE DATABASE records")
    with server.connect("postgres") as connection:
        connection.execute("CREATE EXTENSION pgaudit")
        connection.execute((HERE / "schema.sql").read_text("utf-8"))
    with server.connect("clerk") as connection:
        for statement, parameters, _ in STEPS:
            connection.execute(statement, parameters or None)
    with server.connect('o\'dd, "clerk"') as connection, connection.cursor() as cursor:
        for statement, _ in COPIES:
            with cursor.copy(statement) as rows:
                assert list(rows)
        with cursor.copy("COPY persons (id, surname) FROM STDIN") as rows:
            rows.write_row((1000, "of\nthree\nlines"))
        with pytest.raises(psycopg.Error):
            cursor.execute("SELECT * FROM nowhere")


@pytest.fixture(scope="module")
def logs() -> Iterator[dict[LogFormat, list[SourceRecord | NotAudit]]]:
    """What the source says of the three logs of one run."""
    folder = Path(tempfile.mkdtemp(prefix="custodiet-"))
    server = Server(folder)
    try:
        server.start()
        try:
            work(server)
        finally:
            server.stop()
        found: dict[LogFormat, list[SourceRecord | NotAudit]] = {}
        for log_format, name in FILES.items():
            with (server.data / "log" / name).open("rb") as stream:
                found[log_format] = list(pgaudit_source(log_format, SETTINGS)(stream, name))
        yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def received(records: list[SourceRecord | NotAudit]) -> list[SourceRecord]:
    """Return the records of the source's kind."""
    return [record for record in records if isinstance(record, SourceRecord)]


def test_every_entry_is_accounted_for_in_every_format(logs) -> None:
    """Each audit entry is accepted, none is in quarantine, and the three formats have equally many."""
    counts = {log_format: len(received(records)) for log_format, records in logs.items()}
    assert len(set(counts.values())) == 1
    assert counts["csvlog"] > 60
    assert not [record.problem for records in logs.values() for record in received(records) if record.problem]
    for records in logs.values():
        said = [b"AUDIT: " in record.original for record in received(records)]
        assert all(said)


def test_three_formats_give_the_same_accesses(logs) -> None:
    """As multisets the accesses of the three logs are equal."""
    counted = [Counter(a for record in received(records) for a in record.accesses) for records in logs.values()]
    assert counted[0] == counted[1] == counted[2]


def by_statement(records: list[SourceRecord | NotAudit], account: str) -> list[list[Access]]:
    """Return the accesses of one account's statements, grouped by the statement's number."""
    grouped: dict[int, list[Access]] = {}
    for record in received(records):
        for access in record.accesses:
            assert access.source_event_id is not None
            if access.account == account:
                grouped.setdefault(int(access.source_event_id.split("/")[1]), []).append(access)
    return [grouped[number] for number in sorted(grouped)]


def test_known_keys_are_resolved(logs) -> None:
    """Every step of the workload names the subjects that it touched, and tables where it does not say which."""
    told = by_statement(logs["jsonlog"], "clerk")
    assert len(told) == len(STEPS)
    for (statement, _, subjects), accesses in zip(STEPS, told, strict=True):
        times = TWICE.get(statement, 1)
        assert sorted(access.subject for access in accesses) == sorted(subjects * times), statement


def test_copies_out_are_disclosures(logs) -> None:
    """COPY TO is a disclosure by export, of the records that its query names or of the table."""
    told = by_statement(logs["csvlog"], 'o\'dd, "clerk"')
    for (statement, subjects), accesses in zip(COPIES, told, strict=False):
        assert sorted(access.subject for access in accesses) == subjects, statement
        assert {(access.action, access.channel) for access in accesses} == {("disclosure", "export")}
    assert [(access.subject, access.action) for access in told[2]] == [("public.persons", "collection")]


def test_session_and_object_entries_repeat_each_other(logs) -> None:
    """Entries of the object log have the identifier and content of the session log's, so that ingest counts duplicates."""
    accesses = [
        access for record in received(logs["stderr"]) for access in record.accesses if access.account == "clerk"
    ]
    contents: dict[tuple[str | None, ...], set[Access]] = {}
    for access in accesses:
        contents.setdefault((access.source_event_id, access.subject, access.record), set()).add(access)
    assert {len(same) for same in contents.values()} == {1}
    assert len(contents) < len(accesses)


def test_foreign_key_checks_are_marked(logs) -> None:
    """The server's own look at the row that a new row names is told apart from a person's."""
    checks = [
        a for record in received(logs["jsonlog"]) for a in record.accesses if "foreign_key_check" in (a.extra or "")
    ]
    assert {"P9", "P10", "A-1"} <= {access.subject for access in checks}
    assert {access.channel for access in checks} == {"api"}
