"""Process logs in CSV: any usual delimiter and encoding, quoted fields over several lines, plain or gzip."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from custodiet.errors import BadInput
from custodiet.model.process_log import ProcessLog
from custodiet.sources.process_logs.gathered import Gathered
from custodiet.sources.process_logs.mapping import LogMapping, column_of

_DELIMITERS = ",;\t|"
_PROBED = 1 << 20
_WIDEST = 1 << 27


def read_delimited(path: Path, mapping: LogMapping) -> ProcessLog:
    """Return the log; raises BadInput naming file, line and field."""
    encoding = mapping.encoding or _encoding(path)
    csv.field_size_limit(_WIDEST)
    try:
        with _opened(path) as raw:
            text = io.TextIOWrapper(cast(BinaryIO, raw), encoding=encoding, newline="")
            return _log(path.name, _rows(text, path.name, mapping), mapping, encoding)
    except LookupError as error:
        raise BadInput("This encoding is not known.", file=mapping.file, field="encoding", found=encoding) from error
    except UnicodeDecodeError as error:
        raise BadInput(
            f"Bytes are not {encoding}.",
            file=path.name,
            field="encoding",
            expected='e.g. encoding = "cp1252" in the mapping',
        ) from error
    except (gzip.BadGzipFile, EOFError) as error:
        raise BadInput("The file is no whole gzip file.", file=path.name, found=str(error)) from error


def _opened(path: Path) -> gzip.GzipFile | BinaryIO:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")


def _encoding(path: Path) -> str:
    """Return UTF-8 if the whole file is that, else the encoding of Western Windows, which takes any byte."""
    with _opened(path) as raw:
        head = raw.read(4)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
    with _opened(path) as raw:
        reader = io.TextIOWrapper(cast(BinaryIO, raw), encoding="utf-8")
        try:
            while reader.read(_PROBED):
                pass
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8-sig"


def _rows(text: TextIO, file: str, mapping: LogMapping) -> Iterator[tuple[int, list[str]]]:
    first = text.readline()
    while first and not first.strip():
        first = text.readline()
    delimiter = mapping.delimiter or max(_DELIMITERS, key=first.count)
    reader = csv.reader(_again(first, text), delimiter=delimiter)
    try:
        for row in reader:
            if any(row):
                yield reader.line_num, row
    except csv.Error as error:
        raise BadInput("The row is no CSV.", file=file, line=reader.line_num, found=str(error)) from error


def _again(first: str, rest: TextIO) -> Iterator[str]:
    yield first
    yield from rest


def _log(file: str, rows: Iterator[tuple[int, list[str]]], mapping: LogMapping, encoding: str) -> ProcessLog:
    _, header = next(rows, (0, []))
    header = [name.strip().strip("\ufeff") for name in header]
    if len(header) < 3:
        raise BadInput(
            "The first row is no header with columns for case, resource and time.",
            file=file,
            line=1,
            found=", ".join(header) or "nothing",
            expected='a header; the mapping may say delimiter = ";"',
        )
    columns = _columns(header, mapping, file)
    attributes = _attributes(header, mapping, file, set(columns.values()))
    gathered = Gathered(file, mapping, attributes)
    if encoding == "latin-1" and mapping.encoding is None:
        gathered.notes.append("The file is not UTF-8 and was read as Latin-1.")
    short = _gather(rows, gathered, header, {**columns, **{name: name for name in attributes}})
    if short:
        gathered.notes.append(f"{short:,} rows with too few fields were left out.")
    return gathered.finished()


def _columns(header: Sequence[str], mapping: LogMapping, file: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in ("case", "time", "resource", "activity", "team", "transition"):
        name = column_of(part, mapping, header, file, needed=part in {"case", "time", "resource"})
        if name is not None and (name not in found.values() or mapping.named(part) is not None):
            found[part] = name
    return found


def _attributes(header: Sequence[str], mapping: LogMapping, file: str, taken: set[str]) -> tuple[str, ...]:
    """Return the columns that tell of the case: those listed, else those that a trace's attributes are exported as."""
    if mapping.case_attributes is None:
        return tuple(name for name in header if name.startswith("case:") and name not in taken)
    for name in mapping.case_attributes:
        if name not in header:
            raise BadInput(
                f"{file} has no such column.",
                file=mapping.file,
                field="case_attributes",
                found=repr(name),
                expected="columns of " + ", ".join(header[:60]),
            )
    return mapping.case_attributes


def _gather(
    rows: Iterator[tuple[int, list[str]]], gathered: Gathered, header: Sequence[str], columns: dict[str, str]
) -> int:
    """Hand every row on; returns how many had too few fields."""
    places = {part: header.index(name) for part, name in columns.items()}
    furthest, short = max(places.values()), 0
    for line, row in rows:
        if len(row) <= furthest:
            short += 1
            continue
        gathered.add(line, {part: row[place] for part, place in places.items()})
    return short
