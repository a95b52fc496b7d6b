"""Inspecting a delivered file, and showing what a mapping would make of its first records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa

from custodiet.errors import BadInput
from custodiet.ingest.inspection import Inspection, SeenField
from custodiet.ingest.mapping_file import parse_mapping
from custodiet.ingest.ports import RawBatch
from custodiet.ingest.reading import Format, Reading
from custodiet.ingest.reference import Raw, Row, Value
from custodiet.ingest.reference_records import read_records
from custodiet.model.instants import rfc3339
from custodiet.sources.files.readers import reader_for
from custodiet.sources.inspection.closing import closing_line, with_trailer
from custodiet.sources.inspection.looks import seen
from custodiet.sources.inspection.sniffing import encoding_of_head, reading_of_text

_HEAD: Final = 1 << 20
_LOOKED_AT: Final = 1000
_HEADERS_TRIED: Final = 6
_ROUNDED: Final = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+")


def inspect(path: Path) -> Inspection:
    """Return how the file can be cut and what its fields look like, from its first records and its last line."""
    reading, notes = _reading_of(path)
    table, unreadable = _sample(path, reading)
    closing = closing_line(path, reading, table.num_columns - 2)
    if closing is not None:
        reading, note = with_trailer(path, reading, closing)
        notes = (*notes, note)
        table, unreadable = _sample(path, reading)
    columns = range(2, table.num_columns)
    fields = tuple(seen(table.column_names[number], table.column(number).to_pylist()) for number in columns)
    if unreadable:
        notes = (*notes, f"{unreadable} of the records looked at could not be cut into fields.")
    return Inspection(
        name=path.name,
        reading=reading,
        fields=fields,
        records=table.num_rows + unreadable,
        unreadable=unreadable,
        notes=(*notes, *_suspicions(fields)),
    )


def preview(path: Path, mapping_text: str, *, rows: int = 10) -> list[dict[str, str | None]]:
    """Return what the mapping makes of the file's first records: each row's values, or why it would be in quarantine."""
    mapping = parse_mapping(mapping_text)
    records: list[Raw] = []
    refused: list[dict[str, str | None]] = []
    for batch in _batches(path, mapping.reading):
        records += list(_raws(_table(batch), mapping.used_columns))
        refused += [
            {"position": str(u.position), "quarantine": u.problem.reason, "expected": u.problem.expected}
            for u in batch.unreadable
        ]
        if len(records) >= rows:
            break
    made = [_shown(row) for row in read_records(mapping, records[:rows])]
    return sorted(made + refused[:rows], key=lambda row: int(row["position"] or 0))[:rows]


def _raws(table: pa.Table, used: tuple[str, ...]) -> Iterator[Raw]:
    absent = dict.fromkeys(used)
    names = table.column_names[2:]
    for position, _original, *texts in zip(*(column.to_pylist() for column in table.columns), strict=True):
        yield Raw(position, {**absent, **dict(zip(names, texts, strict=True))})


def _shown(row: Row) -> dict[str, str | None]:
    if row.problem is not None:
        told = row.problem
        return {
            "position": str(row.position),
            "quarantine": told.reason,
            "field": told.field,
            "found": told.found,
            "expected": told.expected,
        }
    return {"position": str(row.position), **{name: _told(value) for name, value in row.values.items()}}


def _told(value: Value) -> str | None:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _reading_of(path: Path) -> tuple[Reading, tuple[str, ...]]:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise BadInput("The file is empty.", file=path.name)
    if head.startswith(b"PAR1"):
        return Reading(format=Format.PARQUET), ()
    if head.startswith(b"PK\x03\x04"):
        return _workbook(path), ()
    encoding = encoding_of_head(head)
    reading, notes = reading_of_text(head.decode(encoding, "replace"), encoding)
    if encoding == "cp1252":
        notes = (*notes, "The text is not UTF-8; cp1252 is a guess, so check letters with accents and pound signs.")
    return reading, notes


def _workbook(path: Path) -> Reading:
    """Return the reading whose header row names most fields."""
    best: tuple[int, Reading] | None = None
    for header in range(1, _HEADERS_TRIED):
        reading = Reading(format=Format.XLSX, header=header)
        try:
            names = _sample(path, reading)[0].column_names[2:]
        except BadInput as fault:
            if "no XLSX" in str(fault):
                raise
            continue
        named = sum(not re.fullmatch(r"column_\d+", name) for name in names)
        if best is None or named > best[0]:
            best = named, reading
    return Reading(format=Format.XLSX) if best is None else best[1]


def _sample(path: Path, reading: Reading) -> tuple[pa.Table, int]:
    """Return the first records and how many others could not be cut."""
    tables: list[pa.Table] = []
    unreadable = 0
    for batch in _batches(path, reading):
        tables.append(_table(batch))
        unreadable += len(batch.unreadable)
        if sum(table.num_rows for table in tables) >= _LOOKED_AT:
            break
    if not tables:
        raise BadInput("The file has no records.", file=path.name)
    whole = tables[-1] if len(tables) == 1 else pa.concat_tables(tables, promote_options="default")
    return whole.slice(0, _LOOKED_AT), unreadable


def _batches(path: Path, reading: Reading) -> Iterator[RawBatch]:
    with path.open("rb") as file:
        yield from reader_for(reading)(file, path.name)


def _table(batch: RawBatch) -> pa.Table:
    return pa.table(batch.table)


def _suspicions(fields: tuple[SeenField, ...]) -> Iterator[str]:
    for field in fields:
        if any(form.startswith("%d/%m") for form in field.formats) and any(
            form.startswith("%m/%d") for form in field.formats
        ):
            yield f"{field.name}: day and month cannot be told apart in what was looked at; day first is taken."
        if field.formats and all("%y" in form for form in field.formats):
            yield f"{field.name}: years have two digits."
        if any(_ROUNDED.fullmatch(text) for text in field.samples):
            yield f"{field.name}: a spreadsheet has rounded these numbers; ask for the export itself."
