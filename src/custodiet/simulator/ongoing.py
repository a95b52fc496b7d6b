"""What was going on before the fortnight: open crimes, managed offenders, operations, and the one event that everybody talks of."""

from __future__ import annotations

import numpy as np

from custodiet.simulator.incidents import Scene
from custodiet.simulator.matters import (
    CASE,
    CATEGORIES,
    CATEGORY,
    CRIME,
    INTELLIGENCE,
    OPERATION,
    Book,
    Matters,
    Works,
    interest,
    named_of,
    parts_of,
    stacked,
    units_of,
    works_of,
)
from custodiet.simulator.streams import DAY, HOUR, NONE, Ints, chosen
from custodiet.simulator.workforce import ROLE

_BACK = 100  # days that open crimes go back


def _matters(kind: int, area: Ints, category: Ints, opened: Ints, drawn: Ints) -> Matters:
    count = len(area)
    none = np.full(count, NONE)
    return Matters(
        kind=np.full(count, kind),
        area=area,
        category=category,
        began=opened,
        opened=opened,
        closed=np.zeros(count, np.int64),
        parent=none,
        interest=drawn,
    )


def open_crimes(scene: Scene) -> Book:
    """Return the crimes of earlier weeks that someone still works on."""
    rng, force, people = scene.streams.named("open crimes"), scene.force, scene.people
    count = int(scene.figures["crimes_recorded_per_year"] / 365 * scene.scale * _BACK * 0.14)
    opened = scene.roster.clock.opens - 2 * DAY - (rng.random(count) * _BACK * DAY).astype(np.int64)
    area = rng.integers(0, force.areas, count)
    weights = np.array([share * crime for _, share, _, crime in CATEGORIES])
    workers = force.in_role("investigation", "desk_investigation", "response", "major_crime", "safeguarding")
    local = (force.role[workers] == ROLE["response"]) * 0.25 + (force.role[workers] != ROLE["response"])
    officer = workers[chosen(rng, local, count)]
    builders = force.in_role("criminal_justice")
    builder = np.where(rng.random(count) < 0.5, builders[rng.integers(0, len(builders), count)], NONE)
    rows, span = np.arange(count), (opened, np.zeros(count, np.int64))
    suspect, other = people.locals(rng, area, 3.2), people.locals(rng, area, 3.2)
    parts = [
        parts_of(rng, rows, people.locals(rng, area, 1.4), "victim", opened),
        parts_of(rng, rows, suspect, "suspect", opened),
        parts_of(rng, rows, np.where(rng.random(count) < 0.3, other, NONE), "suspect", opened),
        parts_of(rng, rows, people.locals(rng, area, 1.4), "witness", opened),
        parts_of(rng, rows, people.address(people.household[suspect]), "location", opened),
    ]
    taken_on = np.maximum(opened + DAY, scene.roster.clock.opens - (rng.random(count) * 40 * DAY).astype(np.int64))
    works = [
        works_of(rng, rows, officer, "officer_in_case", span),
        works_of(rng, rows, builder, "case_builder", (taken_on, span[1])),
    ]
    matters = _matters(CRIME, area, chosen(rng, weights, count), opened, interest(rng, count, 1.2))
    return Book(matters, stacked(parts), stacked(works))


def managed_offenders(scene: Scene) -> Book:
    """Return the cases of those who are managed or safeguarded for months, each with one officer."""
    rng, force, people = scene.streams.named("managed offenders"), scene.force, scene.people
    managers = np.concatenate(
        [np.repeat(force.in_role("offender_management"), 22), np.repeat(force.in_role("safeguarding"), 6)]
    )
    count = len(managers)
    opened = scene.roster.clock.opens - DAY - (rng.random(count) * 110 * DAY).astype(np.int64)
    area = rng.integers(0, force.areas, count)
    subject = people.locals(rng, area, 2.4)
    rows = np.arange(count)
    parts = [
        parts_of(rng, rows, subject, "subject_of_interest", opened),
        parts_of(rng, rows, people.address(people.household[subject]), "location", opened),
    ]
    works = works_of(rng, rows, managers, "officer_in_case", (opened, np.zeros(count, np.int64)))
    matters = _matters(CASE, area, np.full(count, CATEGORY["concern_for_safety"]), opened, interest(rng, count, 0.6))
    return Book(matters, stacked(parts), works)


def intelligence_logs(scene: Scene) -> Book:
    """Return the intelligence reports of the fortnight, each by one author about one or two people."""
    rng, force, people, clock = scene.streams.named("intelligence"), scene.force, scene.people, scene.roster.clock
    writers = force.in_role("response", "neighbourhood", "intelligence", "investigation")
    count = int(60 * scene.scale * (clock.days + 2))
    at = np.sort(clock.opens - 2 * DAY + (rng.random(count) * (clock.days + 2) * DAY).astype(np.int64))
    author = scene.roster.pick(rng, writers, at)
    area = np.where(force.area[author] == NONE, rng.integers(0, force.areas, count), force.area[author])
    rows = np.arange(count)
    parts = [
        parts_of(rng, rows, people.locals(rng, area, 3.0), "subject_of_interest", at),
        parts_of(
            rng, rows, np.where(rng.random(count) < 0.4, people.locals(rng, area, 3.0), NONE), "subject_of_interest", at
        ),
    ]
    works = works_of(rng, rows, author, "author", (at - HOUR, at + DAY))
    matters = _matters(
        INTELLIGENCE, area, np.full(count, CATEGORY["suspicious_circumstances"]), at, interest(rng, count, 0.5)
    )
    return Book(matters, stacked(parts), works)


def operations(scene: Scene) -> Book:
    """Return the operations: whole units on some dozens of people."""
    rng, force, people = scene.streams.named("operations"), scene.force, scene.people
    units = np.flatnonzero(np.isin(force.units.role, [ROLE["investigation"], ROLE["major_crime"], ROLE["roads"]]))
    researchers = np.flatnonzero(force.units.role == ROLE["intelligence"])
    count = max(4, round(36 * scene.scale))
    opened = scene.roster.clock.opens - DAY - (rng.random(count) * 40 * DAY).astype(np.int64)
    area = rng.integers(0, force.areas, count)
    members = np.repeat(np.arange(count), rng.integers(8, 40, count))
    subject = people.locals(rng, area[members], 2.6)
    driven = rng.integers(0, len(people.keeper), count * 3)
    rows, thrice = np.arange(count), np.repeat(np.arange(count), 3)
    parts = [
        parts_of(rng, members, subject, "subject_of_interest", opened[members]),
        parts_of(rng, thrice, people.vehicle(driven), "vehicle", opened[thrice]),
    ]
    lead = units[rng.integers(0, len(units), count)]
    desk = researchers[rng.integers(0, len(researchers), count)]
    works = [_team(scene, rng, rows, unit, opened) for unit in (lead, desk)]
    matters = _matters(OPERATION, area, np.full(count, CATEGORY["theft"]), opened, interest(rng, count, 6.0))
    return Book(matters, stacked(parts), stacked(works))


def _team(scene: Scene, rng: np.random.Generator, matter: Ints, unit: Ints, starts: Ints) -> Works:
    """Return the work of whole units, and of those of their members who are on the list of the team by name."""
    units = scene.force.units
    count = named_of(units.size[unit])
    row = np.repeat(np.arange(len(unit)), count)
    place = np.arange(len(row)) - (np.cumsum(count) - count)[row]
    span = (starts[row], np.zeros(len(row), np.int64))
    named = works_of(rng, matter[row], units.first[unit][row] + place, "operation_team", span)
    return stacked([units_of(rng, matter, unit, starts), named])


def notorious_event(scene: Scene) -> Book:
    """Return the one event that everybody hears of: a death, its victim and suspect, and the many who work on it."""
    rng, force, people, clock = scene.streams.named("notorious event"), scene.force, scene.people, scene.roster.clock
    opened = np.array([clock.opens + min(4, clock.days - 2) * DAY + 21 * HOUR])
    area = np.array([int(rng.integers(0, force.areas))])
    zero = np.zeros(1, np.int64)
    part = [("victim", 1.0), ("suspect", 2.0), ("witness", 1.0), ("witness", 1.0), ("witness", 1.0)]
    parts = [parts_of(rng, zero, people.locals(rng, area, steep), name, opened) for name, steep in part]
    role = force.units.role
    ready = [
        np.flatnonzero(role == ROLE["major_crime"])[:3],
        np.flatnonzero((role == ROLE["response"]) & (force.units.area == area[0])),
        np.flatnonzero((role == ROLE["investigation"]) & (force.units.area == area[0])),
        np.flatnonzero(role == ROLE["intelligence"])[:2],
        np.flatnonzero(role == ROLE["digital_forensics"])[:1],
        np.flatnonzero(role == ROLE["disclosure"])[:1],
        np.flatnonzero(role == ROLE["control_room"])[:4],
    ]
    units = np.concatenate(ready)
    works = _team(scene, rng, np.zeros(len(units), np.int64), units, np.full(len(units), opened[0]))
    matters = _matters(OPERATION, area, np.full(1, CATEGORY["homicide"]), opened, np.full(1, 90_000))
    return Book(matters, stacked(parts), works)
