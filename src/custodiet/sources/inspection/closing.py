"""Whether a file closes with a trailer or a line of totals, and how a mapping would say so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from custodiet.ingest.reading import Format, Reading
from custodiet.sources.files.readers import reader_for

_WORD: Final = re.compile(r"(?i)\W*(trailer|trl|total|totals|end|eof|footer|count|records|rows|t|z|99)\b|[TZ][0-9]{3,}")
_TAIL: Final = 1 << 16
_COUNTED: Final = 1 << 26  # larger files are not counted


def closing_line(path: Path, reading: Reading, fields: int) -> str | None:
    """Return the file's last line where it looks like no record: other fields than the others, or a word of closing."""
    if reading.format not in (Format.CSV, Format.TSV, Format.FIXED_WIDTH):
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read()
    lines = [line for line in _text(tail, reading.encoding).splitlines() if line.strip()]
    if len(lines) < 3 or _WORD.match(lines[-2]):
        return None
    cut_otherwise = reading.format is not Format.FIXED_WIDTH and lines[-1].count(reading.delimiter) + 1 != fields
    return lines[-1] if _WORD.match(lines[-1]) or (cut_otherwise and '"' not in lines[-1]) else None


def _text(tail: bytes, encoding: str) -> str:
    codec = "utf-16-le" if encoding == "utf-16" else encoding
    return tail.decode(codec, "replace")


def with_trailer(path: Path, reading: Reading, line: str) -> tuple[Reading, str]:
    """Return the reading that knows the closing line, and a sentence about it."""
    records = None
    if path.stat().st_size <= _COUNTED:
        records = _records(path, reading) - 1
    pattern, counted = _pattern(line, records)
    told = "states the number of records" if counted else "looks like a trailer or a total"
    return replace(reading, trailer=pattern), f"The last line {told}; it is taken as the trailer."


def _records(path: Path, reading: Reading) -> int:
    with path.open("rb") as file:
        batches = [(batch.table, len(batch.unreadable)) for batch in reader_for(reading)(file, path.name)]
    return sum(getattr(table, "num_rows", 0) + unreadable for table, unreadable in batches)


def _pattern(line: str, records: int | None) -> tuple[str, bool]:
    pieces = re.split("([0-9]+)", line.strip())
    counted = next((n for n in range(1, len(pieces), 2) if records is not None and int(pieces[n]) == records), None)
    made = [
        r"(?P<count>\d+)" if number == counted else r"\d+" if number % 2 else re.escape(piece)
        for number, piece in enumerate(pieces)
    ]
    return "^" + "".join(made), counted is not None
