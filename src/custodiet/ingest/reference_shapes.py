"""Wide tables, rosters and change logs in plain Python: the definition that `shapes.py` must match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from custodiet.ingest.mapping import Changes, Mapping, Shifts, Unpivot, shift_columns
from custodiet.ingest.reference import Raw, instant_of, minutes, told_text, trim
from custodiet.ingest.shapes import unpivoted_columns
from custodiet.ingest.time_formats import parse_format, read_time


def reshape(mapping: Mapping, records: list[Raw]) -> list[Raw]:
    """Return the records, or their parts, as the mapping's shape makes them."""
    if mapping.changes is not None:
        return list(_carried(mapping, mapping.changes, records))
    return [part for record in records for part in _parts(mapping, record)]


def _parts(mapping: Mapping, record: Raw) -> Iterator[Raw]:
    rows = [record]
    if mapping.unpivot is not None:
        rows = [cell for row in rows for cell in _cells(mapping.unpivot, row)]
    if mapping.shifts is not None:
        rows = [spell for row in rows for spell in _spells(mapping.shifts, row)]
    for number, row in enumerate(rows):
        yield replace(row, part=number)


def _cells(unpivot: Unpivot, record: Raw) -> Iterator[Raw]:
    for name in unpivoted_columns(unpivot, tuple(record.fields)):
        cell = record.fields[name]
        if not (unpivot.skip_missing and trim(cell) is None):
            yield replace(record, fields={**record.fields, unpivot.name: name, unpivot.value: cell})


def _spells(shifts: Shifts, record: Raw) -> Iterator[Raw]:
    code, day_text = trim(record.fields[shifts.code]), trim(record.fields[shifts.date])
    nothing: dict[str, str | None] = dict.fromkeys(shift_columns(shifts))
    spells = dict(shifts.codes).get(code or "")
    if spells is None:
        unknown = {**nothing, Shifts.START: day_text, Shifts.END: day_text}
        yield replace(record, fields={**record.fields, **unknown})
        return
    day = read_time(parse_format(shifts.date_format), day_text or "")
    for spell in spells:
        start = day_text if day is None else minutes(day.local, spell.start)
        end = day_text if day is None else minutes(day.local, spell.end)
        own = {f"shift.{name}": value for name, value in spell.fields}
        yield replace(record, fields={**record.fields, **nothing, **own, Shifts.START: start, Shifts.END: end})


@dataclass(frozen=True, slots=True)
class _Change:
    record: Raw
    entity: tuple[str | None, ...]
    usable: bool
    at: datetime | None


def _carried(mapping: Mapping, changes: Changes, records: list[Raw]) -> Iterator[Raw]:
    words = dict(changes.attributes)
    log = [
        _change(mapping, changes, record)
        for record in records
        if trim(record.fields[changes.field]) not in changes.ignore
    ]
    for change in log:
        if not change.usable:
            yield _with(change.record, mapping, changes, dict.fromkeys(words.values()), None)
    usable = [change for change in log if change.usable]
    usable.sort(
        key=lambda c: (
            tuple(key or "" for key in c.entity),
            c.at or datetime.min.replace(tzinfo=UTC),
            c.record.position,
        )
    )
    for _, of_entity in groupby(usable, key=lambda change: change.entity):
        yield from _history(mapping, changes, list(of_entity))


def _history(mapping: Mapping, changes: Changes, log: list[_Change]) -> Iterator[Raw]:
    words = dict(changes.attributes)
    state: dict[str, str | None] = dict.fromkeys(words.values())
    moments = [list(moment) for _, moment in groupby(log, key=lambda change: change.at)]
    for number, moment in enumerate(moments):
        for change in moment:
            state[words[trim(change.record.fields[changes.field]) or ""]] = trim(change.record.fields[changes.value])
        following = moments[number + 1][0].at if number + 1 < len(moments) else None
        for change in moment:
            until = following if change is moment[-1] else change.at
            yield _with(change.record, mapping, changes, state, until)


def _change(mapping: Mapping, changes: Changes, record: Raw) -> _Change:
    rule = mapping.rule("valid_from")
    assert rule is not None
    told = told_text(replace(rule, missing=(), default=None), record.fields)
    at = instant_of(told, rule, mapping)[0] if told is not None else None
    known = trim(record.fields[changes.field]) in dict(changes.attributes)
    entity = tuple(trim(record.fields[name]) for name in changes.entity)
    return _Change(record, entity, known and at is not None, at)


def _with(record: Raw, mapping: Mapping, changes: Changes, state: dict[str, str | None], until: datetime | None) -> Raw:
    rule = mapping.rule("valid_from")
    assert rule is not None
    named = [*changes.entity, *rule.columns, changes.field]
    identifier = "|".join(text for text in (trim(record.fields[name]) for name in named) if text is not None)
    end = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if until is not None else None
    return replace(
        record, fields={**record.fields, **state, Changes.UNTIL: end, Changes.IDENTIFIER: identifier or None}
    )
