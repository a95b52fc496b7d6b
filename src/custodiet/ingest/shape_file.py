"""The tables of a mapping file that reshape records: `[unpivot]`, `[changes]` and `[shifts]`."""

from __future__ import annotations

import re

from custodiet.ingest.mapping import Changes, Shifts, Spell, Unpivot
from custodiet.ingest.patterns import PatternError, parse_pattern
from custodiet.ingest.time_formats import FormatError, parse_format
from custodiet.ingest.toml_table import TomlTable

_DAY = 1440


def parse_unpivot(table: TomlTable) -> Unpivot:
    """Return which columns become rows, and the names of the two new fields."""
    columns = table.needed_text("columns")
    try:
        parse_pattern(columns)
    except PatternError as error:
        raise table.wrong("columns", columns, f"a regular expression of column names: {error}") from error
    skip = table.truth("skip_missing")
    unpivot = Unpivot(
        columns=columns,
        name=table.needed_text("name"),
        value=table.needed_text("value"),
        skip_missing=True if skip is None else skip,
    )
    table.close()
    if unpivot.name == unpivot.value:
        raise table.wrong("value", unpivot.value, "another name than `name`")
    return unpivot


def parse_changes(table: TomlTable) -> tuple[Changes, tuple[str, ...]]:
    """Return how changes become validity, and the fields that hold the moment of a change."""
    changes = Changes(
        entity=table.texts("entity"),
        field=table.needed_text("field"),
        value=table.needed_text("value"),
        attributes=tuple(table.pairs("attributes").items()),
        ignore=table.texts("ignore"),
    )
    moment = table.texts("at")
    table.close()
    if not changes.entity or not changes.attributes or not moment:
        raise table.wrong("entity", list(changes.entity), "entity, at and attributes, none of them empty")
    return changes, moment


def parse_shifts(table: TomlTable) -> Shifts:
    """Return what each code of a roster stands for."""
    shifts = Shifts(
        date=table.needed_text("date"),
        date_format=table.needed_text("date_format"),
        code=table.needed_text("code"),
        codes=_codes(table),
    )
    table.close()
    _check_day(table, shifts.date_format)
    return shifts


def _check_day(table: TomlTable, text: str) -> None:
    try:
        form = parse_format(text)
    except FormatError as error:
        raise table.wrong("date_format", text, f"a format that is read: {error}") from error
    if form.offset != "never" or any(directive in text for directive in ("%H", "%-H", "%I", "%-I", "%M", "%S", "%f")):
        raise table.wrong("date_format", text, "the format of a day alone")


def _codes(table: TomlTable) -> tuple[tuple[str, tuple[Spell, ...]], ...]:
    codes = table.table("codes")
    if codes is None or not codes.values:
        raise table.wrong("codes", None, "what each code stands for")
    return tuple((code, _spells(codes, code)) for code in codes.values)


def _spells(codes: TomlTable, code: str) -> tuple[Spell, ...]:
    value = codes.values[code]
    tables = codes.tables(code) if isinstance(value, list) else [codes.table(code)]
    return tuple(_spell(table) for table in tables if table is not None)


def _spell(table: TomlTable) -> Spell:
    start, end = _minutes(table, "from"), _minutes(table, "to")
    others = tuple(sorted((key, table.needed_text(key)) for key in table.values if key not in ("from", "to")))
    return Spell(start=start, end=end if end > start else end + _DAY, fields=others)


def _minutes(table: TomlTable, key: str) -> int:
    text = table.needed_text(key)
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)", text)
    if match is None:
        raise table.wrong(key, text, "a local time from 00:00 to 24:00")
    hours, minutes = (match[1], match[2]) if match[1] else (match[3], match[4])
    return int(hours) * 60 + int(minutes)
