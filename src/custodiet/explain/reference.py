"""What a template means, in plain loops over rows: the definition that the compiled queries are tested against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from custodiet.explain.drawn import OPEN_END, OPEN_START, Row, Value, World
from custodiet.explain.passes import evidence_column, is_learned
from custodiet.explain.settling import settled
from custodiet.explain.template import Fading, Filter, Hop, Keep, Moment, Reference, Strength, Template, Term, Window

Bindings = dict[str, Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance of a template found for one access: a row of the relation `explanation`."""

    access: int
    template: str
    evidence_group: str
    strength: float
    rests_on: tuple[int, ...]


def instances(template: Template, world: World, accesses: Sequence[Row]) -> list[Instance]:
    """Return every instance of the template for these accesses, in the order of access, then of `rests_on`."""
    found: list[Instance] = []
    for access in accesses:
        own = [
            _instance(template, bindings, world)
            for bindings in _bindings(template.path, world, {"access": access})
            if _holds(template, bindings)
        ]
        own.sort(key=lambda one: one.rests_on)
        if template.keep is Keep.STRONGEST and own:
            own = [min(own, key=lambda one: (-one.strength, one.rests_on))]
        found.extend(own)
    return sorted(found, key=lambda one: (one.access, one.rests_on))


def _bindings(path: Sequence[Hop], world: World, bound: Bindings) -> Iterator[Bindings]:
    if not path:
        yield bound
        return
    hop, rest = path[0], path[1:]
    for row in world.get(hop.relation, ()):
        if _matches(hop, row, bound):
            yield from _bindings(rest, world, {**bound, hop.alias: row})


def _matches(hop: Hop, row: Row, bound: Bindings) -> bool:
    for column, wanted in hop.match:
        if row[column] is None or row[column] != _value(wanted, bound):
            return False
    return all(_passes(one, row) for one in hop.where)


def _passes(one: Filter, row: Row) -> bool:
    return (row[one.column] in one.values) != one.negated


def _holds(template: Template, bound: Bindings) -> bool:
    for left, right in template.differs:
        one, other = _value(left, bound), _value(right, bound)
        if one is None or other is None or one == other:
            return False
    return all(_within(window, bound) for window in template.windows)


def _within(window: Window, bound: Bindings) -> bool:
    at = _moment(window.instant, bound)
    if at is None:
        return False
    if window.start is not None:
        start = _moment(window.start, bound)
        if start is None or at < start:
            return False
    if window.until is not None:
        until = _moment(window.until, bound)
        if until is None or at >= until:
            return False
    return True


def _instance(template: Template, bound: Bindings, world: World) -> Instance:
    access = bound["access"]["access"]
    assert isinstance(access, int)
    return Instance(
        access=access,
        template=template.id,
        evidence_group=template.evidence_group,
        strength=settled(_strength(template.strength, bound) * _fanned_out(template, bound, world)),
        rests_on=tuple(number for hop in template.path for number in _evidence(hop, bound)),
    )


def _evidence(hop: Hop, bound: Bindings) -> tuple[int, ...]:
    if is_learned(hop.relation):
        return ()
    value = bound[hop.alias][evidence_column(hop.relation)]
    if isinstance(value, tuple):
        return value
    assert isinstance(value, int)
    return (value,)


def _strength(strength: Strength, bound: Bindings) -> float:
    weight = strength.base
    if strength.fading is not None:
        weight *= _faded(strength.fading, bound)
    own, late = strength.self_authored, strength.recorded_after
    if own is not None and any(_written_by_actor(alias, bound) for alias in own.of):
        weight *= own.factor
    if late is not None and any(_written_late(alias, late.beyond, bound) for alias in late.of):
        weight *= late.factor
    return weight


def _fanned_out(template: Template, bound: Bindings, world: World) -> float:
    fanout = template.strength.fanout
    if fanout is None:
        return 1.0
    people = len(excused(template, bound["access"], bound[fanout.through]["fact"], world))
    return fanout.most / people if people > fanout.most else 1.0


def excused(template: Template, access: Row, fact: Value, world: World) -> set[Value]:
    """Return everybody whom the row `fact` of the hop `through` would excuse for looking at this subject, at any time."""
    fanout = template.strength.fanout
    assert fanout is not None
    column = (
        "actor" if any(found == Reference("access", "actor") for _, found in _matches_of(template)) else "requester"
    )
    people: set[Value] = set()
    for hop in template.path:
        for own, found in hop.match:
            if found == Reference("access", column):
                people |= {row[own] for row in world.get(hop.relation, ())}
    timeless = replace(template, windows=tuple(one for one in template.windows if not _speaks_of_access(one)))
    return {
        person
        for person in people
        if any(
            bound[fanout.through]["fact"] == fact and _holds(timeless, bound)
            for bound in _bindings(template.path, world, {"access": {**access, column: person}})
        )
    }


def _matches_of(template: Template) -> list[tuple[str, Reference]]:
    return [pair for hop in template.path for pair in hop.match]


def _speaks_of_access(window: Window) -> bool:
    moments = [one for one in (window.instant, window.start, window.until) if one is not None]
    return any(term.reference.alias == "access" for one in moments for term in one.terms)


def _faded(fading: Fading, bound: Bindings) -> float:
    at = _instant(bound["access"]["occurred_at"])
    start, until = _moment(fading.start, bound), _moment(fading.until, bound)
    assert at is not None
    if start is None or until is None:
        return 1.0
    outside = max(0, start - at, at - until)
    return float(2.0 ** (-outside / _microseconds(fading.half_life)))


def _written_by_actor(alias: str, bound: Bindings) -> bool:
    author = bound[alias]["recorded_by"]
    return author is not None and author == bound["access"]["actor"]


def _written_late(alias: str, beyond: timedelta, bound: Bindings) -> bool:
    written, at = _instant(bound[alias]["recorded_at"]), _instant(bound["access"]["occurred_at"])
    return written is not None and at is not None and written >= at + _microseconds(beyond)


def _moment(moment: Moment, bound: Bindings) -> int | None:
    for term in moment.terms[:-1]:
        if _instant(_value(term.reference, bound)) not in {None, OPEN_START, OPEN_END}:
            return _term(term, bound)
    return _term(moment.terms[-1], bound)


def _term(term: Term, bound: Bindings) -> int | None:
    at = _instant(_value(term.reference, bound))
    return None if at is None else at + _microseconds(term.shift)


def _value(found: Reference, bound: Bindings) -> Value:
    return bound[found.alias][found.column]


def _instant(value: Value) -> int | None:
    assert value is None or isinstance(value, int)
    return value


def _microseconds(span: timedelta) -> int:
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
