"""PostgreSQL as the rival of the engine that explains: the same templates' queries, in its own dialect, over the same rows.

The server is started for the run in a folder of its own, with memory like the engine's, nothing that makes it durable, and an
index for every set of columns by which a template reaches a relation. Each template's matches become a table, which lets the
server use both processors.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.csv
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.explain import compiler
from custodiet.explain.template import Template
from custodiet.relations.kinds import KINDS

BIN = Path(os.environ.get("CUSTODIET_POSTGRESQL_BIN", "/usr/lib/postgresql/15/bin"))
CONFIGURATION = """
listen_addresses = ''
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 8GB
shared_buffers = 3GB
effective_cache_size = 8GB
work_mem = 512MB
maintenance_work_mem = 1GB
random_page_cost = 1.1
max_parallel_workers_per_gather = 2
jit = off
"""
#: What the queries call and PostgreSQL has under no name.
EPOCH_US = """
CREATE FUNCTION epoch_us(moment timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(epoch FROM moment) * 1000000)::bigint
"""
TYPES = {
    "string": "text",
    "large_string": "text",
    "int64": "bigint",
    "timestamp[us]": "timestamp",
    "double": "double precision",
}


class Server:
    """A PostgreSQL server in a folder of its own, reached through a socket there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        folder.mkdir()
        self._as_owner: list[str] = []
        if os.geteuid() == 0:
            self._as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(folder, "postgres", "postgres")

    def start(self) -> None:
        """Make the database cluster and start the server."""
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"{CONFIGURATION}unix_socket_directories = '{self.folder}'\n")
        self._run("pg_ctl", "-w", "-l", str(self.folder / "out"), "start")

    def stop(self) -> None:
        """Stop the server."""
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")

    def connect(self) -> psycopg.Connection:
        """Return a connection in which each statement is a transaction."""
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_owner, str(BIN / program), "-D", str(self.data), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=300, cwd=self.folder)


def take_in(session: Session, database: psycopg.Connection, columns: Sequence[str]) -> None:
    """Copy the context and these columns of `access` from the session, unindexed."""
    database.execute(EPOCH_US)
    for relation in (*(kind.name for kind in KINDS), "access"):
        wanted = columns if relation == "access" else ["*"]
        query = exp.select(*(exp.Star() if name == "*" else exp.column(name, quoted=True) for name in wanted))
        _copied(database, relation, session.arrow(query.from_(relation)))


def _copied(database: psycopg.Connection, relation: str, rows: pa.Table) -> None:
    described = ", ".join(f'"{field.name}" {TYPES[str(field.type)]}' for field in rows.schema)
    database.execute(f"CREATE UNLOGGED TABLE {relation} ({described})".encode())
    with database.cursor().copy(f"COPY {relation} FROM STDIN (FORMAT csv)".encode()) as copy:
        for batch in rows.to_batches(max_chunksize=200_000):
            sink = pa.BufferOutputStream()
            pa.csv.write_csv(batch, sink, pa.csv.WriteOptions(include_header=False))
            copy.write(sink.getvalue())


def index(database: psycopg.Connection, templates: Iterable[Template]) -> int:
    """Make an index for every set of columns by which a hop is reached, each column's own too, and count them."""
    wanted = {("access", ("subject", "actor")), ("access", ("actor", "subject"))}
    for template in templates:
        for hop in template.path:
            columns = tuple(sorted({column for column, _ in hop.match}))
            wanted |= {(hop.relation, columns), *((hop.relation, (column,)) for column in columns)}
    for relation, columns in sorted(wanted):
        named = ", ".join(f'"{column}"' for column in columns)
        database.execute(f"CREATE INDEX ON {relation} ({named})".encode())
    database.execute("VACUUM ANALYZE")
    return len(wanted)


def explain(database: psycopg.Connection, template: Template) -> int:
    """Make the table of the template's matches with the rows that they rest on, and return how many there are."""
    query = compiler.compiled(template, "access").sql(dialect="postgres")
    wanted = "access, template, evidence_group, strength, rests_on"
    database.execute(f"CREATE UNLOGGED TABLE found_{template.id} AS SELECT {wanted} FROM ({query}) AS q".encode())
    return database.execute(f"SELECT count(*) FROM found_{template.id}".encode()).fetchone()[0]
