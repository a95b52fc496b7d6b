"""What each family of fakes is, in plain loops over rows: the definition that the queries are tested against."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from custodiet.explain.drawn import Row, Value, World
from custodiet.explain.fakes.reference_ties import Tie

HOUR, DAY = 3_600_000_000, 86_400_000_000
_ATTEMPTS = 8
_REACH = 6 * HOUR


class Draw(NamedTuple):
    """A row of `draw`."""

    access: int
    actor: str
    subject: str
    donor: int | None
    made_by: str


class Served(NamedTuple):
    """A row of `serving`: where the actor of an access served then."""

    access: int
    actor: str
    day: int
    unit: str
    area: str | None


def chance(*words: object) -> int:
    """Return the number that stands for chance: the first fifteen digits of the MD5 of the words."""
    return int(_digest(*words)[:15], 16)


def sampled(world: World, seed: str, count: int) -> list[Row]:
    """Return so many accesses, those whose digests are smallest."""
    return sorted(_accesses(world), key=lambda row: (_digest(seed, "sample", row["access"]), _number(row)))[:count]


def serving(world: World) -> list[Served]:
    """Return where the actor of each access served; of two postings the one that began last, then the later entry."""
    found = []
    for row in _accesses(world):
        at = _at(row)
        held = [p for p in world["posting"] if p["person"] == row["actor"] and _holds(p, at)]
        if held:
            best = max(held, key=lambda p: (_int(p["valid_from"]), _int(p["fact"])))
            area = best["area"]
            found.append(
                Served(
                    _number(row), str(row["actor"]), at // DAY, str(best["unit"]), None if area is None else str(area)
                )
            )
    return found


def uniform(world: World, sample: Sequence[Row], seed: str) -> Iterator[Draw]:
    """Yield any actor with any subject, each as likely as any other."""
    actors = sorted({str(row["actor"]) for row in world["access"]})
    subjects = sorted({str(row["subject"]) for row in _accesses(world)})
    for row in sample:
        actor = actors[chance(seed, "uniform actor", row["access"]) % len(actors)]
        subject = subjects[chance(seed, "uniform subject", row["access"]) % len(subjects)]
        donor = min(_number(one) for one in _accesses(world) if one["subject"] == subject)
        yield Draw(_number(row), actor, subject, donor, "uniform")


def permuted(world: World, sample: Sequence[Row], seed: str) -> Iterator[Draw]:
    """Yield the actor with what the next access in the ring of his hour and system had."""
    wanted = {_number(row) for row in sample}
    rings: dict[tuple[Value, int], list[Row]] = {}
    for row in _accesses(world):
        rings.setdefault((row["system"], _at(row) // HOUR), []).append(row)
    for ring in rings.values():
        ring.sort(key=lambda row: (_digest(seed, "permuted", row["access"]), _number(row)))
        for row, donor in zip(ring, ring[1:] + ring[:1], strict=True):
            if _number(row) in wanted:
                yield _taken(row, donor, "permuted")


def same_team(world: World, sample: Sequence[Row], seed: str, reach: int) -> Iterator[Draw]:
    """Yield the actor with what somebody else of his unit had within `reach` days."""
    yield from _near(
        world, sample, (seed, "same team", reach), lambda one: one.unit, lambda one, other: one.actor != other.actor
    )


def same_area(world: World, sample: Sequence[Row], seed: str, reach: int) -> Iterator[Draw]:
    """Yield the actor with what another unit of his area had within `reach` days."""
    yield from _near(
        world, sample, (seed, "same area", reach), lambda one: one.area, lambda one, other: one.unit != other.unit
    )


def related(ties: Sequence[Tie], sample: Sequence[Row], seed: str) -> Iterator[Draw]:
    """Yield the actor with a subject tied to him: first the nature of the tie is drawn, then one tied so."""
    for row in sample:
        held = {
            (t.nature, t.subject) for t in ties if t.actor == row["actor"] and t.valid_from <= _at(row) < t.valid_to
        }
        natures = sorted({nature for nature, _ in held})
        if natures:
            nature = natures[chance(seed, "related nature", row["access"]) % len(natures)]
            subjects = sorted(subject for one, subject in held if one == nature)
            subject = subjects[chance(seed, "related subject", row["access"]) % len(subjects)]
            yield Draw(_number(row), str(row["actor"]), subject, None, nature)


def coincident(world: World, sample: Sequence[Row], seed: str) -> Iterator[Draw]:
    """Yield the actor with a subject of an incident that began in his area in the six hours before, and was not his."""
    served = {one.access: one for one in serving(world)}
    for row in sample:
        where = served.get(_number(row))
        subjects = sorted(set(_nearby(world, row, where.area))) if where and where.area is not None else []
        if subjects:
            subject = subjects[chance(seed, "coincident", row["access"]) % len(subjects)]
            yield Draw(_number(row), str(row["actor"]), subject, None, "coincident")


def is_made_up(world: World, sample: Sequence[Row], draw: Draw) -> bool:
    """Tell whether nobody made the access: that actor, that subject, on that day."""
    [base] = [row for row in sample if _number(row) == draw.access]
    return not any(
        (row["actor"], row["subject"]) == (draw.actor, draw.subject) and _at(row) // DAY == _at(base) // DAY
        for row in world["access"]
    )


def _near(
    world: World,
    sample: Sequence[Row],
    drawn: tuple[str, str, int],
    group: Callable[[Served], str | None],
    fits: Callable[[Served, Served], bool],
) -> Iterator[Draw]:
    seed, name, reach = drawn
    pools: dict[tuple[str, int], list[Served]] = {}
    for one in sorted(serving(world)):
        key = group(one)
        if key is not None:
            pools.setdefault((key, one.day), []).append(one)
    served = {one.access: one for pool in pools.values() for one in pool}
    rows = {_number(row): row for row in world["access"]}
    for row in sample:
        own = served.get(_number(row))
        found = own and _tried(own, str(group(own)), pools, (seed, name, reach), fits)
        if found:
            yield _taken(row, rows[found.access], name)


def _tried(
    own: Served,
    key: str,
    pools: Mapping[tuple[str, int], Sequence[Served]],
    drawn: tuple[str, str, int],
    fits: Callable[[Served, Served], bool],
) -> Served | None:
    seed, name, reach = drawn
    for attempt in range(_ATTEMPTS):
        day = own.day + chance(seed, f"{name} day", own.access, attempt) % (2 * reach + 1) - reach
        pool = pools.get((key, day), ())
        if pool:
            other = pool[chance(seed, name, own.access, attempt) % len(pool)]
            if fits(own, other):
                return other
    return None


def _nearby(world: World, row: Row, area: str) -> Iterator[str]:
    for incident in world["incident"]:
        near = incident["area"] == area and incident["incident_kind"] == "incident"
        if not near or not 0 <= _at(row) - _int(incident["valid_from"]) < _REACH:
            continue
        number = incident["incident"]
        if not any((a["incident"], a["person"]) == (number, row["actor"]) for a in world["assignment"]):
            yield from (str(one["subject"]) for one in world["involvement"] if one["incident"] == number)


def _taken(row: Row, donor: Row, made_by: str) -> Draw:
    return Draw(_number(row), str(row["actor"]), str(donor["subject"]), _number(donor), made_by)


def _accesses(world: World) -> list[Row]:
    return [row for row in world["access"] if row["subject_kind"] != "table"]


def _digest(*words: object) -> str:
    return hashlib.md5("|".join(map(str, words)).encode(), usedforsecurity=False).hexdigest()


def _holds(row: Row, at: int) -> bool:
    return _int(row["valid_from"]) <= at < _int(row["valid_to"])


def _at(row: Row) -> int:
    return _int(row["occurred_at"])


def _number(row: Row) -> int:
    return _int(row["access"])


def _int(value: Value) -> int:
    assert isinstance(value, int)
    return value
