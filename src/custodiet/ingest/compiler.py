"""A mapping as one query: from the texts of delivered records to the stored columns, or the first problem of each.

The query is a tower of layers, each of which adds columns to those below: told texts (`t`), values (`v`), times, then the
first problem. `reference.py` says the same row by row, and a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlglot import exp

from custodiet.ingest import clock
from custodiet.ingest.expressions import (
    among,
    both,
    call,
    choose,
    col,
    equal,
    extract,
    first_of,
    fits,
    is_known,
    is_null,
    joined,
    layer,
    minus,
    named,
    nothing,
    number,
    plus,
    text,
    trimmed,
)
from custodiet.ingest.json_object import json_object
from custodiet.ingest.letters import LOWER, UPPER
from custodiet.ingest.mapping import Case, FieldRule, Mapping
from custodiet.ingest.patterns import parse_pattern
from custodiet.ingest.problems import EXPECTED, expected_of, somebody
from custodiet.ingest.shapes import Shaped, shaped
from custodiet.ingest.targets import ACTORS, TargetField
from custodiet.relations import stored
from custodiet.relations.relation import Type

#: The relation that a compiled mapping reads: `position`, `original`, then the record's fields as `f0`, `f1` ...
RAW = "raw"
#: Stored columns that a compiled mapping leaves to the pipeline.
_MICROSECOND = timedelta(microseconds=1)
LATER = ("source", "delivery", "original_digest", *(column.name for column in stored.BESIDE))


@dataclass(frozen=True, slots=True)
class _Problem:
    """A claim under which a record is in quarantine, and what is then told."""

    claim: exp.Expression
    reason: exp.Expression
    field: str
    found: exp.Expression
    expected: str


def compile_mapping(mapping: Mapping, columns: Sequence[str]) -> exp.Select:
    """Return the query over `raw`, whose fields are named `columns` in their order."""
    return _Compiler(mapping, shaped(mapping, tuple(columns), exp.to_table(RAW))).query()


class _Compiler:
    def __init__(self, mapping: Mapping, shape: Shaped) -> None:
        self._mapping, self._shape = mapping, shape
        self._rules = (*mapping.checks, *mapping.fields)
        checks = [TargetField(name=rule.name, held_in="") for rule in mapping.checks]
        self._targets = (*checks, *(mapping.target.field(rule.name) for rule in mapping.fields))

    def query(self) -> exp.Select:
        """Return the layers, one upon the other."""
        query: exp.Expression = self._shape.query
        for name, additions in (
            ("shaped", self._texts()),
            ("told", self._patterned()),
            ("patterned", self._values()),
            ("valued", self._told_times()),
            ("timed", self._offsets()),
            ("placed", self._instants()),
            ("resolved", [named(self._first_problem(), "problem")]),
        ):
            if additions:
                query = layer([exp.Star(), *additions], query, name)
        return layer(self._final(), query, "judged")

    def _numbered(self) -> list[tuple[int, FieldRule, TargetField]]:
        return [(i, rule, target) for i, (rule, target) in enumerate(zip(self._rules, self._targets, strict=True))]

    def _times(self) -> list[tuple[int, FieldRule]]:
        return [(i, rule) for i, rule, target in self._numbered() if target.type is Type.INSTANT]

    def _local_times(self) -> list[int]:
        return [i for i, _ in self._times()] if self._mapping.time.zone is not None else []

    def _texts(self) -> list[exp.Expression]:
        return [named(self._text(rule), f"t{i}") for i, rule, _ in self._numbered()]

    def _text(self, rule: FieldRule) -> exp.Expression:
        if rule.value is not None:
            return text(rule.value)
        parts = [trimmed(col(self._shape.columns[name])) for name in rule.columns]
        whole = parts[0] if len(parts) == 1 else call("nullif", call("concat_ws", text(rule.join), *parts), text(""))
        if rule.missing:
            whole = choose([(among(whole, rule.missing), nothing("VARCHAR"))], whole)
        return whole if rule.default is None else first_of([whole, text(rule.default)])

    def _patterned(self) -> list[exp.Expression]:
        taken: list[exp.Expression] = []
        for i, rule, _ in self._numbered():
            if rule.pattern is not None:
                pattern = parse_pattern(rule.pattern)
                value = extract(col(f"t{i}"), f"^(?:{pattern.re2})$", 1 if pattern.groups else 0)
                taken.append(named(call("nullif", value, text("")), f"p{i}"))
        return taken

    def _bare(self, i: int, rule: FieldRule) -> exp.Expression:
        """Return the value before its codes."""
        value = col(f"t{i}" if rule.pattern is None else f"p{i}")
        if rule.case is None:
            return value
        letters = (LOWER, UPPER) if rule.case is Case.UPPER else (UPPER, LOWER)
        is_ascii = equal(
            call("strlen", value), call("length", value)
        )  # then the engine's own way is the same and faster
        return choose(
            [(is_ascii, call(str(rule.case), value))],
            call("translate", value.copy(), text(letters[0]), text(letters[1])),
        )

    def _values(self) -> list[exp.Expression]:
        return [named(self._value(i, rule), f"v{i}") for i, rule, _ in self._numbered()]

    def _value(self, i: int, rule: FieldRule) -> exp.Expression:
        value = self._bare(i, rule)
        if rule.codes is not None:
            branches = [(equal(value, text(code)), text(meaning)) for code, meaning in rule.codes]
            if rule.otherwise is not None:
                branches.append((is_known(value), text(rule.otherwise)))
            value = choose(branches, nothing("VARCHAR"))
        parts = [text(rule.prefix)] if rule.prefix else []
        parts += [value] + ([text(rule.suffix)] if rule.suffix else [])
        return joined(*parts) if len(parts) > 1 else value

    def _told_times(self) -> list[exp.Expression]:
        added: list[exp.Expression] = []
        for i, rule in self._times():
            told = clock.told(col(f"v{i}"), rule.formats)
            moved = plus(told.local, number(rule.plus // _MICROSECOND)) if rule.plus else told.local
            added += [named(moved, f"l{i}"), named(told.offset, f"o{i}")]
        return added

    def _offsets(self) -> list[exp.Expression]:
        added: list[exp.Expression] = []
        for i in self._local_times():
            local = choose([(is_null(col(f"o{i}")), col(f"l{i}"))])
            before, after = clock.offsets_around(local, self._mapping.time.zone or "")
            added += [named(before, f"b{i}"), named(after, f"a{i}")]
        return added

    def _instants(self) -> list[exp.Expression]:
        added: list[exp.Expression] = []
        local_times = self._local_times()
        for i, _ in self._times():
            offset = exp.Mul(this=col(f"o{i}"), expression=number(60_000_000))
            instant, fault = minus(col(f"l{i}"), offset), nothing("VARCHAR")
            if i in local_times:
                local = clock.resolved(col(f"l{i}"), col(f"b{i}"), col(f"a{i}"), self._mapping.time)
                instant = choose([(is_known(col(f"o{i}")), instant)], local.instant)
                fault = choose([(is_null(col(f"o{i}")), local.fault)])
            added += [named(call("make_timestamp", instant), f"i{i}"), named(fault, f"z{i}")]
        return added

    def _first_problem(self) -> exp.Expression:
        return choose([(one.claim, number(n)) for n, one in enumerate(self._problems())], nothing("INTEGER"))

    def _problems(self) -> list[_Problem]:
        found: list[_Problem] = []
        for i, rule, target in self._numbered():
            found += self._problems_of(i, rule, target)
        if self._mapping.target.is_access:
            known = [i for i, rule, _ in self._numbered() if rule.name in ACTORS]
            nobody = both(*(is_null(col(f"v{i}")) for i in known))
            found.append(_Problem(nobody, text("missing"), "operator", nothing("VARCHAR"), somebody()))
        return [*found, *self._interval_problem()]

    def _interval_problem(self) -> list[_Problem]:
        bounds = {rule.name: i for i, rule, _ in self._numbered() if rule.name in ("valid_from", "valid_to")}
        if len(bounds) < 2:
            return []
        start, end = bounds["valid_from"], bounds["valid_to"]
        claim = exp.LT(this=col(f"i{end}"), expression=col(f"i{start}"))
        return [_Problem(claim, text("bad_interval"), "valid_to", col(f"t{end}"), EXPECTED["bad_interval"])]

    def _problems_of(self, i: int, rule: FieldRule, target: TargetField) -> list[_Problem]:
        told, value = col(f"t{i}"), col(f"v{i}")
        found: list[_Problem] = []

        def add(claim: exp.Expression, reason: str, seen: exp.Expression = told) -> None:
            found.append(_Problem(claim, text(reason), rule.name, seen, expected_of(reason, rule, target)))

        if rule.pattern is not None:
            miss = exp.Not(this=fits(told, parse_pattern(rule.pattern).re2))
            add(both(is_null(col(f"p{i}")), is_known(told), miss), "no_match")
        if rule.codes is not None and rule.otherwise is None:
            add(both(is_known(self._bare(i, rule)), is_null(value)), "unknown_code")
        if rule.required:
            add(is_null(value), "missing")
        if target.allowed and not _is_settled(rule):
            add(exp.Not(this=among(value, target.allowed)), "unknown_code")
        found += self._typed_problems(i, rule, target)
        return found

    def _typed_problems(self, i: int, rule: FieldRule, target: TargetField) -> list[_Problem]:
        told, value = col(f"t{i}"), col(f"v{i}")
        if target.type is Type.INTEGER:
            claim = exp.Not(this=fits(value, "-?[0-9]{1,15}"))
            return [_Problem(claim, text("bad_number"), rule.name, told, EXPECTED["bad_number"])]
        if target.type is Type.TRUTH:
            claim = exp.Not(this=among(value, ("true", "false")))
            return [_Problem(claim, text("bad_truth"), rule.name, told, EXPECTED["bad_truth"])]
        if target.type is not Type.INSTANT:
            return []
        unread = both(is_known(value), is_null(col(f"i{i}")))
        fault = col(f"z{i}")
        return [
            _Problem(unread, text("bad_time"), rule.name, told, expected_of("bad_time", rule, target)),
            _Problem(is_known(fault), fault, rule.name, told, EXPECTED["no_such_time"]),
        ]

    def _final(self) -> list[exp.Expression]:
        relation = stored.ACCESS if self._mapping.target.is_access else stored.FACT
        columns = [column for column in relation.columns if column.name not in LATER]
        original = named(col("original"), "original")
        return [*(named(self._column(c.name, c.type), c.name) for c in columns), original, *self._told_problem()]

    def _column(self, name: str, kind: Type) -> exp.Expression:
        ready = {"position": col("position"), "part": self._shape.part, "kind": text(self._mapping.target.name)}
        if name in ready:
            return ready[name].copy()
        if name == "attributes":
            return json_object(
                {rule.name: col(f"v{i}") for i, rule, t in self._numbered() if t.held_in == "attributes"}
            )
        if name == "extra":
            kept = {name: trimmed(col(self._shape.columns[name])) for name in self._mapping.keep}
            return json_object(kept) if kept else nothing("VARCHAR")
        if name == "occurred_at_text":
            return self._held(self._mapping.target.time_field, "t")
        return self._typed(name, kind)

    def _held(self, name: str, letter: str) -> exp.Expression:
        for i, rule, target in self._numbered():
            if name == (target.held_in if letter == "v" else rule.name):
                return col(f"{letter}{i}")
        return nothing("VARCHAR")

    def _typed(self, name: str, kind: Type) -> exp.Expression:
        if kind is Type.INSTANT:
            instants = [i for i, rule, target in self._numbered() if target.held_in == name]
            return col(f"i{instants[0]}") if instants else nothing("TIMESTAMP")
        value = self._held(name, "v")
        if kind is Type.INTEGER:
            return exp.TryCast(this=value, to=exp.DataType.build("BIGINT", dialect="duckdb"))
        if kind is Type.TRUTH:
            return call("coalesce", equal(value, text("true")), exp.false())
        return value

    def _told_problem(self) -> list[exp.Expression]:
        problems = list(enumerate(self._problems()))

        def told(part: str) -> exp.Expression:
            branches = []
            for n, one in problems:
                value = getattr(one, part)
                branches.append((equal(col("problem"), number(n)), text(value) if isinstance(value, str) else value))
            none = (is_null(col("problem")), nothing("VARCHAR"))
            return named(choose([none], choose(branches, nothing("VARCHAR"))), part)

        return [col("problem"), told("reason"), told("field"), told("found"), told("expected")]


def _is_settled(rule: FieldRule) -> bool:
    """Tell whether the mapping file's own words are all that the field can hold; they were checked when it was read."""
    return (rule.value is not None or rule.codes is not None) and not rule.prefix and not rule.suffix
