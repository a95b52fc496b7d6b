"""The DuckDB session: in memory, in UTC, confined."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from sqlglot import exp, parse_one

from custodiet.engines.duckdb import Session
from custodiet.errors import BadInput


def query(text: str) -> exp.Expression:
    """Return the tree of a query."""
    return parse_one(text, dialect="duckdb")


def test_a_bound_table_can_be_asked(tmp_path: Path) -> None:
    """Arrow in, rows and Arrow out, with named parameters."""
    with Session(scratch=tmp_path) as session:
        session.bind_arrow("x", pa.table({"a": [1, 2, 3]}))

        rows = session.rows(query("SELECT a FROM x WHERE a > $least ORDER BY a"), {"least": 1})

    assert rows == [(2,), (3,)]


def test_parquet_written_is_parquet_read(tmp_path: Path) -> None:
    """A result written to a file can be bound again under another name."""
    with Session(scratch=tmp_path) as session:
        session.create_table("x", query("SELECT 1 AS a"))
        session.write_parquet(query("SELECT a FROM x"), tmp_path / "x.parquet")
        session.bind_parquet("y", [tmp_path / "x.parquet"])

        assert session.rows(query("SELECT a FROM y")) == [(1,)]


def test_a_confined_session_reads_only_its_folders(tmp_path: Path) -> None:
    """A query that names another file is refused, and the settings cannot be changed back."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.csv").write_text("a\n1\n")
    with Session(scratch=inside / "scratch") as session:
        session.confine([inside])

        with pytest.raises(duckdb.PermissionException):
            session.rows(
                exp.select("*").from_(
                    exp.Table(this=exp.func("read_csv", exp.Literal.string(str(outside / "secret.csv"))))
                )
            )
        with pytest.raises(duckdb.InvalidInputException, match="lock"):
            session.execute(query("SET enable_external_access = true"))


def test_a_relation_without_files_is_an_error(tmp_path: Path) -> None:
    """Binding nothing names the relation."""
    with Session(scratch=tmp_path) as session, pytest.raises(BadInput, match="stored_access"):
        session.bind_parquet("stored_access", [])
