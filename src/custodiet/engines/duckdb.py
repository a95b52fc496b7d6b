"""A DuckDB session over named relations: in memory, in UTC, sandboxed to the folders it was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from custodiet.errors import BadInput
from custodiet.relations.query import Query, Statement

#: What a session may use before it spills to its scratch folder.
MEMORY_LIMIT = "1200MB"
#: Rows of a row group in the Parquet files that a session writes.
ROW_GROUP = 65_536


class Session:
    """One DuckDB connection in memory. Relations are bound to it, queries run on them, results leave as Arrow.

    No extension is loaded and nothing is downloaded. Once `confine` was called, only the folders given can be read or
    written and the settings cannot be changed, so a rule that someone writes cannot read the disk.
    """

    def __init__(self, *, scratch: Path | None = None, threads: int | None = None, memory: str = MEMORY_LIMIT) -> None:
        """Open an empty session; `scratch` is where it spills when memory runs out."""
        config: dict[str, Any] = {"memory_limit": memory, "autoinstall_known_extensions": "false"}
        if threads is not None:
            config["threads"] = str(threads)
        if scratch is not None:
            scratch.mkdir(parents=True, exist_ok=True)
            config["temp_directory"] = str(scratch)
        self._connection = duckdb.connect(":memory:", config=config)
        self._set("TimeZone", "UTC")
        self._set("preserve_insertion_order", "false")

    def __enter__(self) -> Self:
        """Return the session itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection; the relations bound to it are gone."""
        self._connection.close()

    def confine(self, folders: Sequence[Path]) -> None:
        """Allow reading and writing in these folders only, from now on, and lock the settings."""
        allowed = exp.Array(expressions=[exp.Literal.string(str(folder.resolve()) + "/") for folder in folders])
        for name, value in (
            ("allowed_directories", allowed),
            ("enable_external_access", exp.false()),
            ("lock_configuration", exp.true()),
        ):
            self._connection.execute(_setting(name, value))

    def bind_parquet(self, relation: str, paths: Sequence[Path]) -> None:
        """Make `relation` a view over these Parquet files, of which later ones may have columns that earlier ones lack.

        Such a column is NULL in the rows of the earlier files. The order of the files carries no other meaning.
        """
        if not paths:
            msg = f"relation {relation} has no file to be read from"
            raise BadInput(msg)
        files = exp.Array(expressions=[exp.Literal.string(str(path)) for path in paths])
        options = [exp.EQ(this=exp.column("union_by_name"), expression=exp.true())] if _grew(paths) else []
        reader = exp.func("read_parquet", files, *options, dialect="duckdb")
        self.create_view(relation, exp.select("*").from_(exp.Table(this=reader)))

    def bind_arrow(self, relation: str, table: pa.Table) -> None:
        """Make `relation` name this Arrow table, without copying it."""
        self._connection.register(relation, table)

    def unbind(self, relation: str) -> None:
        """Let go of the Arrow table of that name."""
        self._connection.unregister(relation)

    def create_view(self, name: str, query: exp.Expr) -> None:
        """Make `name` a view of the query."""
        self.execute(_create(name, query, "VIEW"))

    def create_table(self, name: str, query: exp.Expr | Query, parameters: Mapping[str, object] | None = None) -> None:
        """Compute the query once and keep its rows under `name`."""
        text = _creation(name, query) if isinstance(query, Query) else _text(_create(name, query, "TABLE"))
        self._connection.execute(text, dict(parameters) if parameters else None)

    def drop(self, name: str) -> None:
        """Forget the table of that name, if there is one."""
        self.execute(exp.Drop(tables=[exp.to_table(name)], kind="TABLE", exists=True))

    def execute(self, query: exp.Expr | Query | Statement, parameters: Mapping[str, object] | None = None) -> None:
        """Run a statement for what it does."""
        self._connection.execute(_text(query), dict(parameters) if parameters else None)

    def rows(
        self, query: exp.Expr | Query | Statement, parameters: Mapping[str, object] | None = None
    ) -> list[tuple[Any, ...]]:
        """Return the result's rows as tuples."""
        return self._connection.execute(_text(query), dict(parameters) if parameters else None).fetchall()

    def arrow(self, query: exp.Expr | Query, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Return the result as an Arrow table."""
        table: pa.Table = self._connection.sql(
            _text(query), params=dict(parameters) if parameters else None
        ).to_arrow_table()
        return table

    def write_parquet(
        self, query: exp.Expr | Query, path: Path, parameters: Mapping[str, object] | None = None
    ) -> None:
        """Write the result to a Parquet file, a row group at a time.

        The caller orders the query where the bytes must be the same each time: equal rows in equal order give equal bytes.
        """
        result = self._connection.sql(_text(query), params=dict(parameters) if parameters else None)
        reader = result.to_arrow_reader(ROW_GROUP)
        with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
            for table in _whole_groups(reader):
                writer.write_table(table, row_group_size=ROW_GROUP)

    def _set(self, name: str, value: str) -> None:
        self._connection.execute(_setting(name, exp.Literal.string(value)))


def _whole_groups(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Yield tables of exactly ROW_GROUP rows, and a last one with the rest, however the batches were cut."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in reader:
        held.append(batch)
        rows += batch.num_rows
        if rows >= ROW_GROUP:
            table = pa.Table.from_batches(held)
            yield table.slice(0, ROW_GROUP)
            rest = table.slice(ROW_GROUP)
            held, rows = rest.to_batches(), rest.num_rows
    yield pa.Table.from_batches(held, reader.schema)


def _setting(name: str, value: exp.Expr) -> str:
    return exp.Set(expressions=[exp.SetItem(this=exp.EQ(this=exp.column(name), expression=value))]).sql(
        dialect="duckdb"
    )


def _create(name: str, query: exp.Expr, kind: str) -> exp.Expr:
    return exp.Create(this=exp.to_table(name), kind=kind, replace=True, expression=query)


@cache
def _creation(name: str, query: Query) -> str:
    """Return the statement that keeps a packaged query's rows; the file is parsed once in a process."""
    return _text(_create(name, _parsed(query), "TABLE"))


def _parsed(query: Query) -> exp.Expr:
    import sqlglot

    return sqlglot.parse_one(query.text, dialect="duckdb")


def _text(query: exp.Expr | Query | Statement) -> str:
    return query.text if isinstance(query, Query | Statement) else query.sql(dialect="duckdb")


def _grew(paths: Sequence[Path]) -> bool:
    """Tell whether the last file has other columns than the first: versions of a relation follow one another."""
    return len(paths) > 1 and pq.read_schema(paths[0]).names != pq.read_schema(paths[-1]).names
