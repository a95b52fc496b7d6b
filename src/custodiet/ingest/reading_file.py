"""The `[read]` table of a mapping file."""

from __future__ import annotations

import re

from custodiet.ingest.reading import Format, Reading, Slice
from custodiet.ingest.toml_table import TomlTable

_FORMATS = tuple(str(form) for form in Format)


def parse_reading(table: TomlTable) -> Reading:
    """Return how the file is cut into records; whatever cannot be so is refused by key."""
    form = table.choice("format", _FORMATS)
    if form is None:
        raise table.wrong("format", None, "one of " + ", ".join(_FORMATS))
    slices = tuple(_slice(piece) for piece in table.tables("fixed"))
    if form == Format.FIXED_WIDTH and not slices:
        raise table.wrong("fixed", [], "the slices of a fixed-width record")
    reading = Reading(
        format=Format(form),
        encoding=_encoding(table),
        delimiter=_one_character(table, "delimiter", "\t" if form == Format.TSV else ","),
        quote=_one_character(table, "quote", '"', empty=True),
        header=table.integer("header", 0 if form == Format.FIXED_WIDTH else 1),
        columns=_distinct(table, table.texts("columns")),
        skip=tuple(_expression(table, "skip", text) for text in table.texts("skip")),
        trailer=_trailer(table),
        records=table.text("records"),
        sheet=table.text("sheet"),
        missing=table.texts("missing", ("",)),
        slices=slices,
    )
    table.close()
    if reading.header == 0 and reading.format in (Format.CSV, Format.TSV) and not reading.columns:
        raise table.wrong("columns", [], "the names of the fields, for a file without a header")
    return reading


def _slice(table: TomlTable) -> Slice:
    piece = Slice(name=table.needed_text("name"), start=table.integer("start", 0), width=table.integer("width", 0))
    table.close()
    if piece.start < 1 or piece.width < 1:
        raise table.wrong("start", piece.start, "a first column from 1 and a width from 1")
    return piece


def _encoding(table: TomlTable) -> str:
    encoding = table.text("encoding", "utf-8") or "utf-8"
    try:
        "".encode(encoding)  # some codecs are of no text
    except (LookupError, UnicodeError) as error:
        raise table.wrong("encoding", encoding, "an encoding such as utf-8, utf-16 or cp1252") from error
    return encoding


def _one_character(table: TomlTable, key: str, default: str, *, empty: bool = False) -> str:
    value = table.text(key, default)
    if value is None or not (len(value) == 1 or (empty and value == "")):
        raise table.wrong(key, value, "one character" + (" or none" if empty else ""))
    return value


def _distinct(table: TomlTable, names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) != len(names):
        raise table.wrong("columns", list(names), "names that differ")
    return names


def _expression(table: TomlTable, key: str, text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise table.wrong(key, text, f"a regular expression ({error})") from error
    return text


def _trailer(table: TomlTable) -> str | None:
    text = table.text("trailer")
    return None if text is None else _expression(table, "trailer", text)
