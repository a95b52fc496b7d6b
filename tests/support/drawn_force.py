"""A force drawn as small tables that can be checked by eye, bound to a session as the relations of the catalogue.

A table is text: a line of column names, then a line for each row, cells separated by `|`, `-` for absent. Columns that are
not drawn take a default. The table `access` may also draw `state`, `strength`, `template` and `awaits`: from these
`access_state` is made. Kinds of context that are not drawn are empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from custodiet.engines.duckdb import Session
from custodiet.relations.catalogue import RELATIONS
from custodiet.relations.kinds import KINDS
from custodiet.relations.relation import Relation, Type

ARROW = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.INSTANT: pa.timestamp("us"),
    Type.TRUTH: pa.bool_(),
    Type.INTEGERS: pa.list_(pa.int64()),
}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "access": {
        "subject_kind": "person",
        "system": "records",
        "action": "consultation",
        "channel": "view",
        "source": "drawn",
    },
    "access_state": {"state": "unexplained", "strength": 0.0},
}
_SINCE_EVER = datetime(1, 1, 1)  # noqa: DTZ001 - instants in relations carry no zone marker
_FOR_EVER = datetime(9999, 12, 31)  # noqa: DTZ001 - as above


def drawn(text: str) -> list[dict[str, str | None]]:
    """Return the rows of a drawn table; a cell of `-` is None."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]
    header, *rows = lines
    for row in rows:
        assert len(row) == len(header), f"{row} does not fit {header}"
    return [{name: None if cell == "-" else cell for name, cell in zip(header, row, strict=True)} for row in rows]


def bind_force(session: Session, tables: Mapping[str, str]) -> None:
    """Bind every relation that detection reads, from the tables drawn; what is not drawn is empty."""
    accesses = drawn(tables["access"])
    for number, row in enumerate(accesses):
        row.setdefault("access", str(number))
        row.setdefault("subject_as_used", row["subject"])
    bind_rows(session, RELATIONS["access"], accesses)
    bind_rows(session, RELATIONS["access_state"], accesses)
    for kind in KINDS:
        rows = drawn(tables[kind.name]) if kind.name in tables else []
        bind_rows(session, kind.relation, rows, first=1000)
    unknown = set(tables) - {"access"} - {kind.name for kind in KINDS}
    assert not unknown, unknown


def bind_rows(session: Session, relation: Relation, rows: list[dict[str, str | None]], *, first: int = 0) -> None:
    """Bind the rows under the relation's name, in its types, with defaults for the columns that are not drawn."""
    defaults = _DEFAULTS.get(relation.name, {})
    columns: dict[str, list[Any]] = {column.name: [] for column in relation.columns}
    for number, row in enumerate(rows):
        for column in relation.columns:
            given = row.get(column.name)
            value = _read(given, column.type) if given is not None else defaults.get(column.name)
            columns[column.name].append(_standing(column.name, value, first + number))
    table = pa.table(
        [pa.array(columns[column.name], ARROW[column.type]) for column in relation.columns],
        names=[column.name for column in relation.columns],
    )
    session.bind_arrow(relation.name, table)


def _standing(column: str, value: object, number: int) -> object:
    if value is None:
        return {"fact": number, "valid_from": _SINCE_EVER, "valid_to": _FOR_EVER, "source": "drawn"}.get(column)
    return value


def _read(text: str, kind: Type) -> object:
    if kind is Type.INTEGER:
        return int(text)
    if kind is Type.NUMBER:
        return float(text)
    if kind is Type.INSTANT:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).replace(tzinfo=None)
    return text
