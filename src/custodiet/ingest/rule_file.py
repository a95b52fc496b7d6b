"""The `[fields.NAME]` tables of a mapping file."""

from __future__ import annotations

from datetime import timedelta

from custodiet.ingest.mapping import Case, FieldRule, TimeRules
from custodiet.ingest.patterns import PatternError, parse_pattern
from custodiet.ingest.spans import parse_span
from custodiet.ingest.targets import TargetField
from custodiet.ingest.time_formats import FormatError, parse_format
from custodiet.ingest.toml_table import TomlTable
from custodiet.relations.relation import Type

_TRUTHS = ("true", "false")


def parse_rule(table: TomlTable, target: TargetField, time: TimeRules, made_from: tuple[str, ...] = ()) -> FieldRule:
    """Return the rule that fills the field; `made_from` is what it reads where it does not say `from`."""
    rule = FieldRule(
        name=target.name,
        columns=table.texts("from", made_from),
        join=table.text("join", " ") or "",
        value=table.text("value"),
        missing=table.texts("missing"),
        default=table.text("default"),
        pattern=table.text("pattern"),
        case=_case(table),
        codes=tuple(table.pairs("codes").items()) if table.has("codes") else None,
        otherwise=table.text("otherwise"),
        prefix=table.text("prefix") or "",
        suffix=table.text("suffix") or "",
        formats=table.texts("format"),
        plus=parse_span(table, "plus") or timedelta(0),
        required=bool(table.truth("required")) or target.required,
    )
    table.asked.add("codes")
    table.close()
    _check_origin(table, rule)
    _check_steps(table, rule)
    _check_type(table, rule, target)
    if target.type is Type.INSTANT:
        _check_time(table, rule, time)
    return rule


def _case(table: TomlTable) -> Case | None:
    text = table.choice("case", tuple(str(case) for case in Case))
    return None if text is None else Case(text)


def _check_origin(table: TomlTable, rule: FieldRule) -> None:
    if (rule.value is None) == (not rule.columns):
        raise table.wrong("from", list(rule.columns), "either `from` or `value`")
    if rule.value == "":
        raise table.wrong("value", "", "a text that is not empty")
    others = (rule.missing, rule.default, rule.pattern, rule.case, rule.codes, rule.otherwise, rule.formats)
    if rule.value is not None and any(other not in (None, ()) for other in others):
        raise table.wrong("value", rule.value, "`value` alone, since it stands for every other step")


def _check_steps(table: TomlTable, rule: FieldRule) -> None:
    if rule.pattern is not None:
        try:
            parse_pattern(rule.pattern)
        except PatternError as error:
            raise table.wrong("pattern", rule.pattern, f"a regular expression of the common part: {error}") from error
    if rule.otherwise is not None and rule.codes is None:
        raise table.wrong("otherwise", rule.otherwise, "a table of `codes` beside it")
    if rule.codes is not None and any(meaning == "" for _, meaning in rule.codes):
        raise table.wrong("codes", dict(rule.codes), "meanings that are not empty")
    if "" in (rule.default, rule.otherwise):
        raise table.wrong("default", "", "a text that is not empty")


def _check_type(table: TomlTable, rule: FieldRule, target: TargetField) -> None:
    if rule.formats and target.type is not Type.INSTANT:
        raise table.wrong("format", list(rule.formats), f"no format, since {target.name} is no time")
    if target.type is Type.INSTANT and (rule.codes is not None or rule.value is not None):
        raise table.wrong("codes" if rule.codes else "value", rule.value, "a time read from a field")
    allowed = _TRUTHS if target.type is Type.TRUTH else target.allowed
    if not allowed or rule.prefix or rule.suffix:
        return
    constants = [rule.value, rule.otherwise, *(meaning for _, meaning in rule.codes or ())]
    if rule.codes is None:
        constants.append(rule.default)
    for constant in constants:
        if constant is not None and constant not in allowed:
            raise table.wrong("codes" if rule.codes else "value", constant, "one of " + ", ".join(allowed))


def _check_time(table: TomlTable, rule: FieldRule, time: TimeRules) -> None:
    if not rule.formats:
        raise table.wrong("format", None, 'how the time is written, e.g. "%d/%m/%Y %H:%M:%S" or "iso8601"')
    if abs(rule.plus) > timedelta(days=366):
        raise table.wrong("plus", str(rule.plus), "at most 366 days")
    for text in rule.formats:
        try:
            form = parse_format(text)
        except FormatError as error:
            raise table.wrong("format", text, f"a format that is read: {error}") from error
        if form.offset == "never" and time.zone is None:
            raise table.wrong("format", text, "a [time] zone, since this format carries no offset")
