"""Accesses that a source's own parser told, as Arrow tables of stored columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pyarrow as pa

from custodiet.ingest.compiler import LATER
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
    pa.field("problem", pa.int32()),
]
_SCHEMA = pa.schema(_FIELDS)
_FAULTY = pa.schema(
    [
        pa.field("position", pa.int64()),
        pa.field("part", pa.int64()),
        pa.field("original", pa.binary()),
        *(pa.field(name, pa.string()) for name in ("reason", "field", "found", "expected")),
    ]
)


@dataclass(frozen=True, slots=True)
class ToldChunk:
    """Some records of a source: their accesses, those with a problem, and how many lines were no records."""

    table: pa.Table
    records: int  # that yielded accesses
    faulty: pa.Table
    not_audit: int


def told_tables(records: Iterator[SourceRecord | NotAudit]) -> Iterator[ToldChunk]:
    """Yield the records in chunks, in order."""
    while some := list(islice(records, CHUNK)):
        yield _chunk(some)


def _chunk(some: list[SourceRecord | NotAudit]) -> ToldChunk:
    told = [record for record in some if isinstance(record, SourceRecord)]
    sound = [record for record in told if record.problem is None]
    columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA.names}
    for record in sound:
        for part, access in enumerate(record.accesses):
            _add(columns, record, part, access)
    faulty = pa.Table.from_pylist([_faulty(record) for record in told if record.problem is not None], _FAULTY)
    arrays = [pa.array(columns[field.name], field.type) for field in _SCHEMA]
    return ToldChunk(pa.Table.from_arrays(arrays, schema=_SCHEMA), len(sound), faulty, len(some) - len(told))


def _add(columns: dict[str, list[Any]], record: SourceRecord, part: int, access: Access) -> None:
    columns["position"].append(record.position)
    columns["part"].append(part)
    columns["original"].append(record.original)
    columns["problem"].append(None)
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
