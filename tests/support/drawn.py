"""Puts drawn tables into a session, so that one drawing feeds the reference and DuckDB alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from custodiet.engines.duckdb import Session
from custodiet.explain.drawn import Row
from custodiet.explain.passes import readable, readable_names
from custodiet.relations.catalogue import ACCESS, WATERMARK
from custodiet.relations.relation import Relation, Type

ARROW = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.INSTANT: pa.timestamp("us"),
    Type.TRUTH: pa.bool_(),
    Type.BYTES: pa.binary(),
    Type.INTEGERS: pa.list_(pa.int64()),
}


def table(relation: Relation, rows: Sequence[Row]) -> pa.Table:
    """Return the rows as an Arrow table with the relation's columns and types."""
    return pa.table(
        {
            column.name: pa.array([row[column.name] for row in rows], type=ARROW[column.type])
            for column in relation.columns
        }
    )


def bind_world(session: Session, world: Mapping[str, Sequence[Row]], *, second: bool = True) -> None:
    """Bind every relation that templates (of the second pass too) may read, empty where the drawing has none of it."""
    for relation in (ACCESS, WATERMARK):
        session.bind_arrow(relation.name, table(relation, world.get(relation.name, ())))
    for name in readable_names(second=second):
        relation = readable(name, second=True)
        assert relation is not None
        session.bind_arrow(name, table(relation, world.get(name, ())))


def stored(relation: Relation, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Return stored rows with their ledger index (the place in the list unless given) and plain texts where required."""
    columns = {"index": pa.array([row.get("index", place) for place, row in enumerate(rows)], type=pa.int64())}
    for column in relation.columns:
        default = _STORED.get(column.name)
        columns[column.name] = pa.array([row.get(column.name, default) for row in rows], type=ARROW[column.type])
    return pa.table(columns)


_STORED: dict[str, object] = {
    "attributes": "{}",
    "withdrawn": False,
    "source": "drawn",
    "subject_kind": "person",
    "system": "RMS",
    "action": "consultation",
    "channel": "view",
}
