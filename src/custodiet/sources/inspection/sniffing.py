"""Telling a file's format and encoding from its first bytes, and a text's dialect from its first lines."""

from __future__ import annotations

import contextlib
import csv
import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from dataclasses import dataclass
from typing import Final, NoReturn
from xml.parsers import expat

from custodiet.errors import BadInput
from custodiet.ingest.reading import Format, Reading, Slice

_DELIMITERS: Final = (",", ";", "\t", "|")
_LINES: Final = 200
_VALUE: Final = re.compile(r"[\d\s/:.,+-]*")


def encoding_of_head(head: bytes) -> str:
    """Return the likeliest encoding of a text that starts so."""
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head[1:200:2] and b"\0" not in head[0:200:2]:
        return "utf-16-le"
    if b"\0" in head[0:200:2] and b"\0" not in head[1:200:2]:
        return "utf-16-be"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as fault:
        return "utf-8" if fault.start >= len(head) - 3 else "cp1252"
    return "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How lines are cut into fields: the delimiter, header lines, and the fields that most lines have."""

    delimiter: str
    header: int
    fields: int


def reading_of_text(text: str, encoding: str) -> tuple[Reading, tuple[str, ...]]:
    """Return how a text that starts so can be cut, with what a person should look at."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return Reading(format=Format.XML, encoding=encoding, records=_xml_path(start)), ()
    if start.startswith(("{", "[")):
        return _json(start, encoding)
    lines = text.lstrip("\ufeff").splitlines()[:_LINES]
    dialect = dialect_of(lines)
    if dialect is None:
        return _no_delimiter(lines, encoding)
    tabs = dialect.delimiter == "\t"
    reading = Reading(
        format=Format.TSV if tabs else Format.CSV,
        encoding=encoding,
        delimiter=dialect.delimiter,
        header=dialect.header,
        columns=() if dialect.header else tuple(f"column_{number}" for number in range(1, dialect.fields + 1)),
    )
    notes = () if dialect.header else ("The first line looks like a record, so the fields have no names yet.",)
    if dialect.header > 1:
        notes = (f"The names of the fields are taken from line {dialect.header}; check the lines above it.",)
    return reading, notes


def dialect_of(lines: list[str]) -> Dialect | None:
    """Return the delimiter that cuts most lines into the same number of fields, or None where none does."""
    best: tuple[float, Dialect] | None = None
    for delimiter in _DELIMITERS:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        if not rows:
            continue
        fields, count = Counter(len(row) for row in rows).most_common(1)[0]
        score = count / len(rows) * min(fields, 10)
        if fields > 1 and (best is None or score > best[0]):
            best = score, Dialect(delimiter=delimiter, header=_header(rows, fields), fields=fields)
    return None if best is None else best[1]


def _header(rows: list[list[str]], fields: int) -> int:
    number, first = next((number, row) for number, row in enumerate(rows, start=1) if len(row) == fields)
    named = [text.strip() for text in first if text.strip()]
    is_header = len(named) > fields / 2 and len(set(named)) == len(named) and not any(map(_VALUE.fullmatch, named))
    wide = sum(1 for text in named if re.fullmatch(r"\d{1,4}[/-]\d{1,2}[/-]\d{1,4}", text)) > 2
    return number if is_header or (wide and len(set(named)) == len(named)) else 0


def _no_delimiter(lines: list[str], encoding: str) -> tuple[Reading, tuple[str, ...]]:
    usual = Counter(len(line) for line in lines if line).most_common(1)
    if not usual or usual[0][1] < max(2, len(lines) * 0.6):
        return Reading(format=Format.CSV, encoding=encoding), (
            "No delimiter was found; each line is taken as one field.",
        )
    body = [line for line in lines if len(line) == usual[0][0]]
    header = next((number for number, line in enumerate(lines) if len(line) == usual[0][0]), 0)
    reading = Reading(format=Format.FIXED_WIDTH, encoding=encoding, header=header, slices=_slices(body))
    return reading, (
        "The lines are of one width: the places of the fields are guessed from blanks and must be checked.",
    )


def _slices(lines: list[str]) -> tuple[Slice, ...]:
    blank = [all(line[place] == " " for line in lines) for place in range(len(lines[0]))]
    slices: list[Slice] = []
    start = 0
    for place in range(1, len(blank) + 1):
        ends = place == len(blank) or (blank[place - 1] and not blank[place])
        if ends:
            slices.append(Slice(name=f"field_{len(slices) + 1}", start=start + 1, width=place - start))
            start = place
    return tuple(slices)


def _json(text: str, encoding: str) -> tuple[Reading, tuple[str, ...]]:
    lines = text.split("\n", 1)
    try:
        first, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return Reading(format=Format.JSON, encoding=encoding, records=_first_array(text)), (
            "The document is longer than what was looked at; check the path of its records.",
        )
    if isinstance(first, dict) and (text[end:].strip() or ("\n" not in lines[0] and _path_of_array(first) is None)):
        return Reading(format=Format.JSON_LINES, encoding=encoding), ()
    path = None if isinstance(first, list) else ".".join(_path_of_array(first) or ())
    return Reading(format=Format.JSON, encoding=encoding, records=path), ()


def _path_of_array(value: object) -> tuple[str, ...] | None:
    """Return the path of the array of objects nearest to the top."""
    level: list[tuple[tuple[str, ...], object]] = [((), value)]
    while level:
        below: list[tuple[tuple[str, ...], object]] = []
        for path, item in level:
            if isinstance(item, list) and item and isinstance(item[0], dict):
                return path
            if isinstance(item, dict):
                below += [((*path, name), member) for name, member in item.items()]
        level = below
    return None


def _first_array(text: str) -> str | None:
    match = re.search(r'"([^"]+)"\s*:\s*\[\s*\{', text)
    return match.group(1) if match and text.startswith("{") else None


def _xml_path(text: str) -> str | None:
    """Return the path of the element that comes most often near the top."""
    open_now: list[str] = []
    counts: Counter[tuple[str, ...]] = Counter()

    def opens(name: str, _attributes: dict[str, str]) -> None:
        open_now.append(name)
        counts[tuple(open_now)] += 1

    def refuse(*_declared: object) -> NoReturn:
        raise BadInput("The document declares a document type.", found="DOCTYPE", expected="XML without one")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = opens
    parser.EndElementHandler = lambda _name: open_now.pop()
    with contextlib.suppress(expat.ExpatError):  # the text may end anywhere
        parser.Parse(text)
    repeated = sorted((len(path), -count, path) for path, count in counts.items() if count > 1 and len(path) > 1)
    candidates = repeated or sorted((len(path), -count, path) for path, count in counts.items() if len(path) > 1)
    return "/".join(candidates[0][2]) if candidates else None
