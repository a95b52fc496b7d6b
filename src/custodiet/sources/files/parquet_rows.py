"""Parquet: rows batch by batch, each value as text.

Instants become RFC 3339 in UTC; times without a zone keep none. Decimals keep their scale, bytes become hex, structs
dotted names, lists JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from custodiet.errors import BadInput
from custodiet.ingest.ports import RawBatch
from custodiet.ingest.reading import Reading
from custodiet.sources.files.batches import Texts, assembled, without_missing
from custodiet.sources.files.lines import WANTED
from custodiet.sources.files.tabular import rows_bytes

_EXACT: Final = 2**53  # whole numbers that a float holds exactly


class ParquetReader:
    """Reads Parquet files."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __call__(self, stream: BinaryIO, name: str) -> Iterator[RawBatch]:
        """Yield the file's rows in order, numbered from 1."""
        first = 1
        try:
            file = parquet.ParquetFile(stream)
            names = None
            for batch in file.iter_batches(batch_size=WANTED):
                flat = _flat(pa.Table.from_batches([batch]), name)
                names = flat.column_names
                yield _batch(flat, first, self._reading)
                first += batch.num_rows
            if names is None:
                yield _batch(_flat(file.schema_arrow.empty_table(), name), first, self._reading)
        except (pa.ArrowInvalid, OSError) as fault:
            raise BadInput("This is no whole Parquet file.", file=name, found=type(fault).__name__) from None
        except (ValueError, pa.ArrowException):
            raise BadInput("A column of the Parquet file cannot be written as text.", file=name) from None


def _batch(table: pa.Table, first: int, reading: Reading) -> RawBatch:
    texts = [as_text(column.combine_chunks()) for column in table.columns]
    originals = rows_bytes(table.column_names, texts)
    positions = pa.array(range(first, first + table.num_rows), pa.int64())
    fields = [without_missing(text, reading.missing) for text in texts]
    return RawBatch(table=assembled(positions, originals, table.column_names, fields))


def _flat(table: pa.Table, name: str) -> pa.Table:
    while any(pa.types.is_struct(kind) for kind in table.schema.types):
        table = table.flatten()
    twice = sorted({column for column in table.column_names if table.column_names.count(column) > 1})
    if twice:
        raise BadInput("Two fields have one name.", file=name, found=", ".join(twice), expected="each name once")
    return table


def as_text(column: pa.Array[Any]) -> Texts:
    """Return the values as texts."""
    kind = column.type
    column.validate(full=True)  # a text may hold bytes that are none
    if pa.types.is_dictionary(kind):
        return as_text(pc.cast(column, kind.value_type))
    if pa.types.is_timestamp(kind):
        plain = column if kind.tz is None else pc.cast(column, pa.timestamp(kind.unit, "UTC"))
        instants: Texts = pc.replace_substring(pc.cast(plain, pa.string()), " ", "T")
        return instants
    if _spells_itself(kind):
        texts: Texts = pc.cast(column, pa.string())
        return texts
    return pa.array([_text(value) for value in column.to_pylist()], pa.string())


def _spells_itself(kind: pa.DataType) -> bool:
    told = (pa.types.is_integer, pa.types.is_string, pa.types.is_large_string, pa.types.is_date32, pa.types.is_boolean)
    return any(is_told(kind) for is_told in told)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _scalar(value)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
