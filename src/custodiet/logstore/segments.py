"""Segments: Parquet files with the rows of consecutive entries of one type, and their indices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import file_digest
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.errors import BadInput
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.logstore.files import unfinished
from custodiet.logstore.sink import Sink
from custodiet.relations.relation import Relation, Type

#: Rows that are worked on at a time, and written as one row group; fewer where rows are wide.
_MOST_ROWS, _FEWEST_ROWS, _CHUNK_BYTES = 16_384, 256, 8_000_000

#: Of so few rows wanted from a row group, those are decoded that stand before them, and not those behind.
_FEW_ROWS = 1_024

INDEX, ENTRY = "index", "entry"

_INDEX_FIELD: pa.Field[Any] = pa.field(INDEX, pa.int64())
_ARROW: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.INSTANT: pa.timestamp("us"),
    Type.TRUTH: pa.bool_(),
    Type.BYTES: pa.binary(),
}
#: Columns with so many different values that a dictionary of them would only cost.
_VARIED = frozenset(
    {INDEX, ENTRY, "identity", "content", "original", "original_digest", "occurred_at", "occurred_at_text", "sequence"}
    | {"position", "source_event_id", "source_fact_id", "record", "subject", "session", "quoted_reference"}
    | {"search_terms", "valid_from", "valid_to", "recorded_at", "at"}
)
#: Columns of digests, which do not shrink.
_RANDOM = frozenset({"identity", "content"})
#: Columns of values of one length, which is then written once for many.
_EVEN = frozenset({"identity", "content", "original_digest"})


def columns_schema(relation: Relation) -> pa.Schema:
    """Return the Arrow schema of the relation's columns."""
    return pa.schema([pa.field(column.name, _ARROW[column.type]) for column in relation.columns])


def segment_schema(typ: str) -> pa.Schema:
    """Return the Arrow schema of the segments of that type: index first; control entries are kept as their bytes."""
    if typ in ENTRY_TYPES:
        return pa.schema([_INDEX_FIELD, *columns_schema(ENTRY_TYPES[typ].relation)])
    return pa.schema([_INDEX_FIELD, pa.field(ENTRY, pa.string())])


class SegmentWriter:
    """Writes a segment under its unfinished name. It holds each row once and in the order of the indices.

    Leaving the `with` block without a fault brings its bytes to the disk.
    """

    def __init__(self, path: Path, typ: str, start: int) -> None:
        """Begin an empty file for entries from `start` on."""
        self._schema, self._next = segment_schema(typ), start
        low, delta = _encodings(self._schema)
        self._sink = Sink(unfinished(path))
        write: Any = pq.ParquetWriter  # the stubs know fewer options than it has
        self._writer = write(
            pa.PythonFile(cast("Any", self._sink), "w"),
            self._schema,
            compression={name: "NONE" if name in _RANDOM else "ZSTD" for name in self._schema.names},
            compression_level={name: 1 for name in self._schema.names if name not in _RANDOM},
            use_dictionary=low,
            column_encoding=delta,
            write_statistics=[INDEX, *(name for name in ("occurred_at", "kind") if name in self._schema.names)],
            store_schema=False,
        )

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file; after a fault without its end, for then nothing more may be written."""
        with closing(self._sink):
            if kind is None:
                self._writer.close()
                self._sink.sync()
        self._writer.is_open = False

    def write(self, rows: pa.RecordBatch) -> None:
        """Add these rows, which lack their index yet, as one row group."""
        index = pa.array(np.arange(self._next, self._next + rows.num_rows, dtype=np.int64))
        batch = pa.RecordBatch.from_arrays([index, *rows.columns], schema=self._schema)
        self._writer.write_batch(batch, row_group_size=rows.num_rows)
        self._next += rows.num_rows


def _encodings(schema: pa.Schema) -> tuple[list[str], dict[str, str]]:
    low = [field.name for field in schema if field.name not in _VARIED and pa.types.is_string(field.type)]
    numbers = [field.name for field in schema if pa.types.is_int64(field.type) or pa.types.is_timestamp(field.type)]
    even = [name for name in schema.names if name in _EVEN]
    return low, dict.fromkeys(numbers, "DELTA_BINARY_PACKED") | dict.fromkeys(even, "DELTA_LENGTH_BYTE_ARRAY")


def read_rows(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the file's rows in order, in chunks of bounded size; raises BadInput if its columns are not the schema's."""
    with _opened(path, schema) as file:
        for batch in file.iter_batches(batch_size=_chunk_rows(file.metadata), columns=schema.names):
            yield _as(batch.select(schema.names), schema, path)


def read_ranges(path: Path, schema: pa.Schema, ranges: Sequence[tuple[int, int]]) -> Iterator[pa.RecordBatch]:
    """Yield these rows of the file, counted from 0, in pieces of which none holds rows of two ranges.

    Each row group is read once, if it holds any of them; raises BadInput if the columns are not the schema's.
    """
    with _opened(path, schema) as file:
        end = 0
        for group in range(file.metadata.num_row_groups):
            first, end = end, end + file.metadata.row_group(group).num_rows
            wanted = list(_within(ranges, first, end - first))
            if wanted:
                last = first + max(start + count for start, count in wanted)
                for batch in _batches(file, group, schema, few=sum(count for _, count in wanted) <= _FEW_ROWS):
                    rows = _as(batch.select(schema.names), schema, path)
                    yield from (rows.slice(start, count) for start, count in _within(ranges, first, rows.num_rows))
                    first += rows.num_rows
                    if first >= last:
                        break


def _batches(file: pq.ParquetFile, group: int, schema: pa.Schema, *, few: bool) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the group; in small batches where few are wanted, so that those behind them are not decoded."""
    if few:
        return file.iter_batches(_FEW_ROWS, row_groups=[group], columns=schema.names, use_threads=False)
    return file.iter_batches(_chunk_rows(file.metadata), row_groups=[group], columns=schema.names)


def _within(ranges: Sequence[tuple[int, int]], first: int, count: int) -> Iterator[tuple[int, int]]:
    for start, stop in ranges:
        begin, end = max(start, first), min(stop, first + count)
        if begin < end:
            yield begin - first, end - begin


@contextmanager
def _opened(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetFile]:
    with pq.ParquetFile(path, memory_map=False, pre_buffer=False) as file:
        names = file.schema_arrow.names
        if sorted(names) != sorted(schema.names):
            raise BadInput(
                "The table does not have the columns of its type.",
                file=path.name,
                found=_difference(names, schema.names),
                expected=", ".join(schema.names),
            )
        yield file


def row_count(path: Path) -> int:
    """Return how many rows the file has."""
    return int(pq.read_metadata(path).num_rows)


def file_sha256(path: Path) -> str:
    """Return the hex SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _chunk_rows(metadata: pq.FileMetaData) -> int:
    size = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    width = max(1, size // max(1, metadata.num_rows))
    return int(min(_MOST_ROWS, max(_FEWEST_ROWS, _CHUNK_BYTES // width)))


def _as(batch: pa.RecordBatch, schema: pa.Schema, path: Path) -> pa.RecordBatch:
    if batch.schema.equals(schema):
        return batch
    try:
        columns = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadInput("A column of the table is not of its type.", file=path.name, found=str(batch.schema)) from error
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _difference(found: list[str], expected: list[str]) -> str:
    missing, more = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    said = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has {', '.join(more)}"] * bool(more)
    return "; ".join(said) or "a column twice"
