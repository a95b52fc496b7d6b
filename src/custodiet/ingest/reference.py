"""What a mapping means, in plain Python, record by record: the definition that the compiled query must match."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from custodiet.ingest import problems
from custodiet.ingest.expressions import TRIMMED
from custodiet.ingest.json_object import json_text
from custodiet.ingest.letters import changed
from custodiet.ingest.mapping import FieldRule, Mapping
from custodiet.ingest.patterns import parse_pattern
from custodiet.ingest.targets import ACTORS, TargetField
from custodiet.ingest.time_formats import parse_format, read_time
from custodiet.ingest.zones import resolve
from custodiet.model.deliveries import Problem
from custodiet.relations.relation import Type

#: A stored value: text, whole number, truth or instant.
Value = str | int | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Raw:
    """A record, or a part of one: its position, its number in the record, and its fields."""

    position: int
    fields: dict[str, str | None]
    part: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a record's part: its stored values by column, and the first problem if it has one."""

    position: int
    part: int
    values: dict[str, Value] = field(default_factory=dict)
    problem: Problem | None = None


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def trim(value: str | None) -> str | None:
    """Return the text without the blanks around it; nothing where no more than blanks is there."""
    return (value or "").strip(TRIMMED) or None


def read_row(mapping: Mapping, raw: Raw) -> Row:
    """Return the stored values of a record's part, or its first problem."""
    try:
        values = _values(mapping, raw)
    except _Refused as refused:
        return Row(raw.position, raw.part, problem=refused.problem)
    return Row(raw.position, raw.part, values)


def _values(mapping: Mapping, raw: Raw) -> dict[str, Value]:
    for check in mapping.checks:
        _value(check, TargetField(name=check.name, held_in=""), mapping, raw)
    values: dict[str, Value] = {}
    attributes: dict[str, str | None] = {}
    for rule in mapping.fields:
        target = mapping.target.field(rule.name)
        value = _value(rule, target, mapping, raw)
        if target.held_in == "attributes":
            assert value is None or isinstance(value, str)
            attributes[rule.name] = value
        else:
            values[target.held_in] = value
    if mapping.target.is_access:
        return values | _of_access(mapping, raw, values)
    _check_interval(mapping, raw, values)
    return values | {
        "kind": mapping.target.name,
        "attributes": json_text(attributes),
        "withdrawn": bool(values.get("withdrawn")),
    }


def _of_access(mapping: Mapping, raw: Raw, values: dict[str, Value]) -> dict[str, Value]:
    if all(values.get(name) is None for name in ACTORS):
        raise _Refused(Problem(reason="missing", field="operator", found=None, expected=problems.somebody()))
    rule = mapping.rule("occurred_at")
    assert rule is not None
    extra = json_text({name: trim(raw.fields[name]) for name in mapping.keep}) if mapping.keep else None
    return {"occurred_at_text": told_text(rule, raw.fields), "extra": extra}


def _check_interval(mapping: Mapping, raw: Raw, values: dict[str, Value]) -> None:
    start, end = values.get("valid_from"), values.get("valid_to")
    rule = mapping.rule("valid_to")
    if rule is not None and isinstance(start, datetime) and isinstance(end, datetime) and end < start:
        found = told_text(rule, raw.fields)
        expected = problems.EXPECTED["bad_interval"]
        raise _Refused(Problem(reason="bad_interval", field="valid_to", found=found, expected=expected))


def told_text(rule: FieldRule, fields: dict[str, str | None]) -> str | None:
    """Return the text that the rule starts from: constant, or what the source told after `missing` and `default`."""
    if rule.value is not None:
        return rule.value
    parts = [part for part in (trim(fields[name]) for name in rule.columns) if part is not None]
    whole = rule.join.join(parts) or None
    return rule.default if whole is None or whole in rule.missing else whole


def _value(rule: FieldRule, target: TargetField, mapping: Mapping, raw: Raw) -> Value:
    told = told_text(rule, raw.fields)

    def refuse(reason: str) -> _Refused:
        expected = problems.expected_of(reason, rule, target)
        return _Refused(Problem(reason=reason, field=rule.name, found=told, expected=expected))

    value, fault = _coded(told, rule)
    if fault is not None:
        raise refuse(fault)
    if value is None:
        if rule.required:
            raise refuse("missing")
        return None
    value = f"{rule.prefix}{value}{rule.suffix}"
    if target.allowed and value not in target.allowed:
        raise refuse("unknown_code")
    typed, fault = _typed(value, rule, target, mapping)
    if fault is not None:
        raise refuse(fault)
    return typed


def _coded(value: str | None, rule: FieldRule) -> tuple[str | None, str | None]:
    """Return the text after pattern, letters and codes, or the reason why there is none."""
    if value is not None and rule.pattern is not None:
        value = parse_pattern(rule.pattern).take(value)
        if value is None:
            return None, "no_match"
    if not value:
        return None, None
    if rule.case is not None:
        value = changed(value, rule.case)
    if rule.codes is not None:
        value = dict(rule.codes).get(value, rule.otherwise)
        return value, "unknown_code" if value is None else None
    return value, None


def _typed(value: str, rule: FieldRule, target: TargetField, mapping: Mapping) -> tuple[Value, str | None]:
    if target.type is Type.INTEGER:
        return (int(value), None) if re.fullmatch("-?[0-9]{1,15}", value) else (None, "bad_number")
    if target.type is Type.TRUTH:
        return (value == "true", None) if value in ("true", "false") else (None, "bad_truth")
    if target.type is Type.INSTANT:
        return instant_of(value, rule, mapping)
    return value, None


def instant_of(value: str, rule: FieldRule, mapping: Mapping) -> tuple[datetime | None, str | None]:
    """Return the instant that the text names, or the reason why it names none."""
    tries = (read_time(parse_format(form), value) for form in rule.formats)
    told = next((one for one in tries if one is not None), None)
    if told is None:
        return None, "bad_time"
    if told.offset is not None:
        return told.instant() + rule.plus, None
    if mapping.time.zone is None:
        return None, "bad_time"
    moment = resolve(told.local + rule.plus, mapping.time)
    return moment.instant, moment.fault


def minutes(day: datetime, amount: int) -> str:
    """Return the local time so many minutes after the start of the day, as rosters pass it on."""
    return (day + timedelta(minutes=amount)).strftime("%Y-%m-%d %H:%M")
