"""What the search must find, in plain loops over rows: the definition that the queries are tested against."""

from __future__ import annotations

from collections.abc import Sequence

from custodiet.explain.drawn import Row, Value, World
from custodiet_mining.domains import Domain
from custodiet_mining.halves import Half, Side
from custodiet_mining.limits import Limits
from custodiet_mining.path import Path, Step
from custodiet_mining.schema_graph import paths


def found(world: World, accesses: Sequence[Row], limits: Limits) -> dict[Path, set[Value]]:
    """Return by path the accesses that it leads from actor to subject; paths that lead none are left out."""
    led: dict[Path, set[Value]] = {}
    for path in paths(limits.longest):
        numbers = {access["access"] for access in accesses if _leads(path, access, world, limits)}
        if numbers:
            led[path] = numbers
    return led


def _leads(path: Path, access: Row, world: World, limits: Limits) -> bool:
    middle = len(path.steps) // 2
    first = Half(Side.ACTOR, path.steps[:middle])
    second = Half(Side.SUBJECT, path.steps[middle:])
    return bool(_reached(first, access, world, limits) & _reached(second, access, world, limits))


def _reached(half: Half, access: Row, world: World, limits: Limits) -> set[Value]:
    """Return the keys that the half reaches from the access; none where there are more than a hub may have."""
    if not half.steps:
        return {access[half.side.value]}
    before = _reached(half.before, access, world, limits)
    keys: set[Value] = set()
    for row in world.get(half.last.relation, ()):
        taken, given = row[half.taken], row[half.given]
        if taken in before and given is not None and _during(half.last, row, access, limits):
            passed = given if half.side is Side.ACTOR else taken
            if not _is_end(half, passed, access):
                keys.add(given)
    return keys if len(keys) <= limits.hub else set()


def _during(step: Step, row: Row, access: Row, limits: Limits) -> bool:
    at, begins, ends = access["occurred_at"], row["valid_from"], row["valid_to"]
    assert isinstance(at, int)
    assert isinstance(begins, int)
    assert isinstance(ends, int)
    if not step.is_event:
        return begins <= at < ends
    before, after = (round(span.total_seconds() * 1_000_000) for span in (limits.before, limits.after))
    return begins - before <= at < begins + after


def _is_end(half: Half, key: object, access: Row) -> bool:
    """Tell whether a key on the way is the actor himself or the subject looked at."""
    if half.side is Side.SUBJECT and not half.before.steps:
        return False  # that key is the subject, where the path ends
    domain = half.meets if half.side is Side.ACTOR else half.before.meets
    ends = {Domain.PERSON: access["actor"], Domain.SUBJECT: access["subject"]}
    return domain in ends and key == ends[domain]
