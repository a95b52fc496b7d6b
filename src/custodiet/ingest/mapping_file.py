"""Reading a mapping file: every key has its place, and what does not fit is refused by file, key, found and expected."""

from __future__ import annotations

import hashlib
import re
import zoneinfo
from dataclasses import replace
from pathlib import Path

from custodiet.errors import BadPack
from custodiet.ingest.mapping import (
    Ambiguous,
    Changes,
    Example,
    FieldRule,
    Mapping,
    Nonexistent,
    Sequence,
    Shifts,
    TimeRules,
    shift_columns,
)
from custodiet.ingest.reading_file import parse_reading
from custodiet.ingest.rule_file import parse_rule
from custodiet.ingest.shape_file import parse_changes, parse_shifts, parse_unpivot
from custodiet.ingest.spans import parse_span
from custodiet.ingest.targets import ACTORS, Target, target_named, target_names
from custodiet.ingest.toml_table import TomlTable, parse_toml
from custodiet.relations.relation import Type

_SOURCE = r"[a-z][a-z0-9_-]{0,40}"


def load_mapping(path: Path) -> Mapping:
    """Return the mapping that the file holds; a file that says less or more than it may is refused."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise BadPack(f"the mapping file cannot be read: {error.strerror}.", file=path.name) from error
    except UnicodeDecodeError as error:
        raise BadPack("the mapping file is not UTF-8.", file=path.name) from error
    return parse_mapping(text, path.name)


def parse_mapping(text: str, file: str = "mapping.toml") -> Mapping:
    """Return the mapping that the text of a mapping file holds."""
    top = parse_toml(text, file)
    target = _target(top)
    time = _time(top.table("time"))
    unpivot, changes, shifts = top.table("unpivot"), top.table("changes"), top.table("shifts")
    change_log, moment = parse_changes(changes) if changes is not None else (None, ())
    roster = parse_shifts(shifts) if shifts is not None else None
    reading = top.table("read")
    if reading is None:
        raise BadPack("the table is missing.", file=file, field="read", expected="how the file is cut into records")
    mapping = Mapping(
        source=_source(top),
        target=target,
        version=top.integer("version", 1),
        owner=top.text("owner") or "",
        note=top.text("note") or "",
        digest=hashlib.sha256(text.encode()).hexdigest(),
        reading=parse_reading(reading),
        time=time,
        fields=_fields(top, target, time, _implied(change_log, moment, roster)),
        checks=_checks(change_log, roster),
        keep=_keep(top, target),
        unpivot=parse_unpivot(unpivot) if unpivot is not None else None,
        changes=change_log,
        shifts=roster,
        sequence=_sequence(top, target),
        examples=tuple(_examples(top)),
    )
    top.close()
    _check_whole(mapping, file)
    return mapping


def _source(top: TomlTable) -> str:
    source = top.needed_text("source")
    if re.fullmatch(_SOURCE, source) is None:
        raise top.wrong("source", source, "a short name in small letters, digits, - and _")
    return source


def _target(top: TomlTable) -> Target:
    name = top.choice("yields", target_names(), "access")
    assert name is not None
    return target_named(name)


def _time(table: TomlTable | None) -> TimeRules:
    if table is None:
        return TimeRules()
    zone = table.text("zone")
    ambiguous = table.choice("ambiguous", tuple(str(word) for word in Ambiguous), "quarantine") or ""
    nonexistent = table.choice("nonexistent", tuple(str(word) for word in Nonexistent), "quarantine") or ""
    table.close()
    if zone is not None and not _is_zone(zone):
        raise table.wrong("zone", zone, 'a time zone such as "Europe/London"')
    return TimeRules(zone=zone, ambiguous=Ambiguous(ambiguous), nonexistent=Nonexistent(nonexistent))


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _implied(changes: Changes | None, moment: tuple[str, ...], shifts: Shifts | None) -> dict[str, FieldRule]:
    """Return the rules that a change log and a roster make by themselves; a mapping may refine only valid_from."""
    rules: dict[str, FieldRule] = {}
    if shifts is not None:
        for name, column in (("valid_from", Shifts.START), ("valid_to", Shifts.END)):
            rules[name] = FieldRule(name=name, columns=(column,), formats=("%Y-%m-%d %H:%M",), required=True)
        for column in shift_columns(shifts):
            rules[column.removeprefix("shift.")] = FieldRule(name=column.removeprefix("shift."), columns=(column,))
    if changes is not None:
        rules["valid_from"] = FieldRule(name="valid_from", columns=moment, required=True)
        rules["valid_to"] = FieldRule(name="valid_to", columns=(Changes.UNTIL,), formats=("iso8601",))
        rules["source_fact_id"] = FieldRule(name="source_fact_id", columns=(Changes.IDENTIFIER,))
    return rules


def _fields(top: TomlTable, target: Target, time: TimeRules, implied: dict[str, FieldRule]) -> tuple[FieldRule, ...]:
    tables = top.table("fields") or TomlTable(top.file, "fields", {})
    rules: list[FieldRule] = []
    for field in target.fields:
        given = tables.table(field.name)
        ready = implied.pop(field.name, None)
        if given is None and ready is not None and (ready.formats or field.type is not Type.INSTANT):
            rules.append(replace(ready, required=ready.required or field.required))
        elif given is not None:
            rule = parse_rule(given, field, time, ready.columns if ready is not None else ())
            rules.append(replace(rule, required=rule.required or (ready is not None and ready.required)))
        elif field.name == "subject_kind" and target.is_access:
            rules.append(FieldRule(name="subject_kind", value="person", required=True))
        elif field.required or ready is not None:
            raise BadPack("the field is missing.", file=top.file, field=f"fields.{field.name}", expected=field.meaning)
    tables.close()
    for name in implied:
        raise BadPack("the field is not one of this kind.", file=top.file, field=name, expected=_names(target))
    return tuple(rules)


def _names(target: Target) -> str:
    return "one of " + ", ".join(field.name for field in target.fields)


def _checks(changes: Changes | None, shifts: Shifts | None) -> tuple[FieldRule, ...]:
    checks: list[FieldRule] = []
    if shifts is not None:
        known = tuple((code, code) for code, _ in shifts.codes)
        checks.append(FieldRule(name=shifts.code, columns=(shifts.code,), codes=known, required=True))
    if changes is not None:
        known = tuple((word, word) for word, _ in changes.attributes)
        checks.append(FieldRule(name=changes.field, columns=(changes.field,), codes=known, required=True))
        checks += [FieldRule(name=name, columns=(name,), required=True) for name in changes.entity]
    return tuple(checks)


def _keep(top: TomlTable, target: Target) -> tuple[str, ...]:
    table = top.table("extra")
    if table is None:
        return ()
    keep = table.texts("keep")
    table.close()
    if keep and not target.is_access:
        raise table.wrong("keep", list(keep), "no extra fields, since a fact has none")
    return tuple(sorted(set(keep)))


def _sequence(top: TomlTable, target: Target) -> Sequence:
    table = top.table("sequence")
    if table is None:
        return Sequence()
    sequence = Sequence(field=table.choice("field", ("sequence",)), rhythm=parse_span(table, "rhythm"))
    table.close()
    if not target.is_access:
        raise table.wrong("field", sequence.field, "accesses; facts have no sequence")
    return sequence


def _examples(top: TomlTable) -> list[Example]:
    accepted = [_accepted(table) for table in top.tables("accept")]
    return accepted + [_quarantined(table) for table in top.tables("quarantine")]


def _accepted(table: TomlTable) -> Example:
    given = tuple(table.pairs("given").items())
    single = tuple(table.pairs("fields").items())
    parts = tuple(tuple(part.values.items()) for part in table.tables("parts"))
    table.close()
    if bool(single) == bool(parts):
        raise table.wrong("fields", dict(single), "either `fields` of the one row or `parts` of several")
    return Example(given=given, yields=parts or (single,))


def _quarantined(table: TomlTable) -> Example:
    example = Example(
        given=tuple(table.pairs("given").items()), reason=table.needed_text("reason"), field=table.text("field")
    )
    table.close()
    return example


def _check_whole(mapping: Mapping, file: str) -> None:
    if mapping.target.is_access and not any(mapping.rule(name) for name in ACTORS):
        raise BadPack("nobody is accountable.", file=file, field="fields", expected="one of " + ", ".join(ACTORS))
    if mapping.shifts is not None and mapping.time.zone is None:
        raise BadPack("rosters are in local time.", file=file, field="time.zone", expected="a time zone")
    if mapping.sequence.field is not None and mapping.rule("sequence") is None:
        raise BadPack("the field is missing.", file=file, field="fields.sequence", expected="the running number")
    if mapping.changes is not None and (mapping.unpivot is not None or mapping.shifts is not None):
        raise BadPack("one shape at a time.", file=file, field="changes", expected="no [unpivot] or [shifts] beside it")
    if (mapping.changes is not None or mapping.shifts is not None) and mapping.target.is_access:
        raise BadPack("this shape makes facts.", file=file, field="yields", expected="a kind of fact")
