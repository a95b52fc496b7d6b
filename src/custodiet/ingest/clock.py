"""Texts to instants, as SQL trees: the same meaning as `time_formats.read_time` and `zones.resolve`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlglot import exp

from custodiet.ingest.expressions import (
    both,
    call,
    choose,
    either,
    equal,
    extract,
    first_of,
    fits,
    is_known,
    is_null,
    minus,
    nothing,
    number,
    plus,
    text,
)
from custodiet.ingest.mapping import Ambiguous, Nonexistent, TimeRules
from custodiet.ingest.time_formats import EARLIEST, LATEST, TimeFormat, parse_format
from custodiet.ingest.zones import AMBIGUOUS_TIME, NO_SUCH_TIME

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400_000_000
_ISO_LOCAL = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,6})?)?)?)"  # cut at microseconds
)
_ISO_OFFSET = r":[0-9.,]*(Z|[+-][0-9]{2}(?::?[0-9]{2})?)$"


@dataclass(frozen=True, slots=True)
class ToldColumns:
    """The microseconds of a time as told (local, or UTC), and its offset in minutes where the text carries one."""

    local: exp.Expression
    offset: exp.Expression


def told(value: exp.Expression, formats: tuple[str, ...]) -> ToldColumns:
    """Return what the text tells by the first format that it fits; nothing where it fits none."""
    parsed = [_told_by(value, parse_format(form)) for form in formats]
    return ToldColumns(
        first_of([one.local for one in parsed]),
        choose([(is_known(one.local), one.offset) for one in parsed], nothing("BIGINT")),
    )


def _told_by(value: exp.Expression, form: TimeFormat) -> ToldColumns:
    fit = fits(value, _nameless(form.pattern))
    if form.microseconds is not None:
        return ToldColumns(_epoch(value, fit, form.microseconds), number(0))
    if form.text == "iso8601":
        return ToldColumns(choose([(fit, _iso_local(value))]), _iso_offset(value))
    if form.offset == "always":
        plain = choose(
            [
                (
                    call("suffix", value.copy(), text("Z")),
                    call("regexp_replace", value.copy(), text("Z$"), text("+00:00")),
                )
            ],
            value,
        )
        instant = call("epoch_us", call("try_strptime", plain, text(form.text)))
        return ToldColumns(choose([(fit, instant)]), number(0))
    return ToldColumns(
        choose([(fit, call("epoch_us", call("try_strptime", value.copy(), text(form.text))))]), nothing("BIGINT")
    )


def _nameless(pattern: str) -> str:
    import re

    return re.sub(r"\(\?P<[a-z_0-9]+>", "(?:", pattern)


def _epoch(value: exp.Expression, fit: exp.Expression, unit: int) -> exp.Expression:
    amount = exp.Mul(this=exp.cast(value.copy(), "HUGEINT", dialect="duckdb"), expression=number(unit))
    inside = exp.Between(this=exp.Paren(this=amount), low=number(_micros(EARLIEST)), high=number(_micros(LATEST) - 1))
    return choose([(fit, choose([(inside, exp.cast(exp.Paren(this=amount.copy()), "BIGINT", dialect="duckdb"))]))])


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _iso_local(value: exp.Expression) -> exp.Expression:
    cut = call("replace", extract(value, _ISO_LOCAL, 1), text(","), text("."))
    return call("epoch_us", exp.TryCast(this=cut, to=exp.DataType.build("TIMESTAMP", dialect="duckdb")))


def _iso_offset(value: exp.Expression) -> exp.Expression:
    offset = extract(value, _ISO_OFFSET, 1)
    digits = call("rpad", call("replace", offset, text(":"), text("")), number(5), text("0"))
    size = plus(
        exp.Mul(this=_whole(call("substr", digits, number(2), number(2))), expression=number(60)),
        _whole(call("substr", digits.copy(), number(4), number(2))),
    )
    sign = choose([(call("prefix", offset, text("-")), number(-1))], number(1))
    return choose(
        [(equal(offset, text("")), nothing("BIGINT")), (equal(offset, text("Z")), exp.cast(number(0), "BIGINT"))],
        exp.Mul(this=sign, expression=size),
    )


def _whole(value: exp.Expression) -> exp.Expression:
    return exp.cast(value, "BIGINT", dialect="duckdb")


def offsets_around(local: exp.Expression, zone: str) -> tuple[exp.Expression, exp.Expression]:
    """Return the zone's offsets a day before and a day after, in microseconds."""
    return _offset_at(minus(local, number(_DAY)), zone), _offset_at(plus(local, number(_DAY)), zone)


def _offset_at(instant: exp.Expression, zone: str) -> exp.Expression:
    there = call("timezone", text(zone), call("make_timestamptz", instant.copy()))
    return minus(call("epoch_us", there), instant)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The instant of a local time in microseconds, and what the clock change made of it (NULL: nothing)."""

    instant: exp.Expression
    fault: exp.Expression


def resolved(local: exp.Expression, before: exp.Expression, after: exp.Expression, time: TimeRules) -> Resolved:
    """Return the instant of a local time, given the offsets around it."""
    assert time.zone is not None
    earlier, later = minus(local, before), minus(local, after)
    steady = equal(before, after)
    holds_before = equal(_offset_at(earlier, time.zone), before)
    holds_after = equal(_offset_at(later, time.zone), after)
    instant = choose(
        [
            (steady, earlier),
            (both(holds_before, holds_after), later if time.ambiguous is Ambiguous.SECOND else earlier),
            (holds_after, later),
        ],
        earlier,
    )
    faults: list[tuple[exp.Expression, exp.Expression]] = [(either(is_null(local), steady), nothing("VARCHAR"))]
    if time.ambiguous is Ambiguous.QUARANTINE:
        faults.append((both(holds_before, holds_after), text(AMBIGUOUS_TIME)))
    if time.nonexistent is Nonexistent.QUARANTINE:
        faults.append((either(holds_before, holds_after), nothing("VARCHAR")))
        return Resolved(instant, choose(faults, text(NO_SUCH_TIME)))
    return Resolved(instant, choose(faults))
