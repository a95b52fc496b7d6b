"""Accesses that a source's own parser told, as Arrow tables of stored columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

import pyarrow as pa
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.engines.intake_chunks import Batch, last_position
from custodiet.engines.mapping import in_order
from custodiet.ingest.compiler import LATER
from custodiet.ingest.identity import PROBLEM_COLUMNS, identified
from custodiet.ingest.ports import NotAudit, SourceRecord
from custodiet.model.access import Access
from custodiet.relations import stored
from custodiet.relations.relation import Type

#: Records in one chunk.
CHUNK = 20_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ARROW: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.INSTANT: pa.timestamp("us"),
    Type.BYTES: pa.binary(),
}
_TOLD = tuple(column for column in stored.ACCESS.columns if column.name not in LATER)
_PLACE = ("position", "part")
_FIELDS: list[pa.Field[Any]] = [
    *(pa.field(column.name, _ARROW[column.type]) for column in _TOLD),
    pa.field("original", pa.binary()),
    *(pa.field(name, pa.string()) for name in PROBLEM_COLUMNS),
]
_SCHEMA = pa.schema(_FIELDS)
_FAULTY_FIELDS: list[pa.Field[Any]] = [
    pa.field("position", pa.int64()),
    pa.field("part", pa.int64()),
    pa.field("original", pa.binary()),
    *(pa.field(name, pa.string()) for name in ("reason", "field", "found", "expected")),
]
_FAULTY = pa.schema(_FAULTY_FIELDS)


class Teller:
    """Makes stored rows from the accesses that a source's parser told."""

    relation = stored.ACCESS

    def __init__(self, source: str) -> None:
        self._query = identified(stored.ACCESS, source, exp.to_table("told"))

    def rows(self, session: Session, table: pa.Table) -> pa.Table:
        """Return the rows in order."""
        session.bind_arrow("told", table)
        return in_order(session.arrow(self._query))


def told_batches(records: Iterator[SourceRecord | NotAudit]) -> Iterator[Batch]:
    """Yield the records in batches, in order."""
    last = 0
    for number in count():
        some = list(islice(records, CHUNK))
        if not some:
            return
        last = last_position([record.position for record in some if isinstance(record, SourceRecord)], last)
        yield _batch(number, some)


def _batch(number: int, some: list[SourceRecord | NotAudit]) -> Batch:
    told = [record for record in some if isinstance(record, SourceRecord)]
    sound = [record for record in told if record.problem is None]
    columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA.names}
    for record in sound:
        for part, access in enumerate(record.accesses):
            _add(columns, record, part, access)
    faulty = pa.Table.from_pylist([_faulty(record) for record in told if record.problem is not None], _FAULTY)
    arrays = [pa.array(columns[field.name], field.type) for field in _SCHEMA]
    return Batch(
        number=number,
        table=pa.Table.from_arrays(arrays, schema=_SCHEMA),
        records=len(sound),
        not_audit=len(some) - len(told),
        faulty=faulty,
    )


def _add(columns: dict[str, list[Any]], record: SourceRecord, part: int, access: Access) -> None:
    columns["position"].append(record.position)
    columns["part"].append(part)
    columns["original"].append(record.original)
    for name in PROBLEM_COLUMNS:
        columns[name].append(None)
    for column in _TOLD:
        if column.name not in _PLACE:
            columns[column.name].append(_stored(getattr(access, column.name)))


def _stored(value: object) -> object:
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(microseconds=1)
    return None if value is None else value if isinstance(value, int) else str(value)


def _faulty(record: SourceRecord) -> dict[str, Any]:
    assert record.problem is not None
    problem = record.problem
    told = {"reason": problem.reason, "field": problem.field, "found": problem.found, "expected": problem.expected}
    return {"position": record.position, "part": 0, "original": record.original, **told}
