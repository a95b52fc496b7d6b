"""Honest work: from each cause follow the accesses that people at work make. Context is lost or late only afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custodiet.simulator.desks import QUEUES, Briefings, Tasks
from custodiet.simulator.incidents import Scene
from custodiet.simulator.items import HABIT, SYSTEM, Items, drawn, looked, opens, systems, up_to
from custodiet.simulator.matters import INCIDENT, WORKS, Book, named_of, stacked
from custodiet.simulator.streams import DAY, HOUR, MINUTE, NONE, Ints, Reals, Truths, delays
from custodiet.simulator.workforce import ROLE

#: How much looking each kind of work makes, relative to the others.
_LOOKS = {
    "call_handler": 4.6,
    "dispatcher": 3.4,
    "attending": 6.0,
    "officer_in_case": 6.5,
    "desk_investigator": 4.0,
    "arresting_officer": 3.0,
    "custody_sergeant": 9.0,
    "detention_officer": 9.0,
    "interviewing_officer": 4.0,
    "case_builder": 6.0,
    "team": 0.0,
    "operation_team": 0.0,
    "author": 3.0,
}
_CUSTODY = ("custody_sergeant", "detention_officer", "arresting_officer", "interviewing_officer")
_HABIT_OF = {
    **dict.fromkeys(_LOOKS, "officer_in_case"),
    "call_handler": "call_handler",
    "dispatcher": "dispatcher",
    "attending": "attending",
    **dict.fromkeys(_CUSTODY, "custody"),
}


@dataclass(frozen=True, slots=True)
class Agenda:
    """All that makes honest work: matters, tasks and briefings."""

    book: Book
    tasks: Tasks
    briefings: Briefings


def working(scene: Scene, agenda: Agenda) -> Items:
    """Return the honest items of the fortnight, in the shares that the figures give."""
    figures = scene.figures
    total = figures["access_events_per_day"] * scene.scale * scene.roster.clock.days
    around = total * figures["share_team_area_supervision_briefing"]
    stray = total * (figures["share_unexplained_residual"] - 0.018)
    return stacked(
        [
            _direct(scene, agenda.book, total * (figures["share_direct_incident_or_case"] - 0.05)),
            _operations(scene, agenda.book, total * 0.06),
            _near(scene, agenda.book, around * 0.35, "team"),
            _near(scene, agenda.book, around * 0.30, "supervision"),
            _briefed(scene, agenda.briefings, around * 0.27),
            _on_the_beat(scene, agenda.book, around * 0.08),
            _queued(scene, agenda.tasks, total * figures["share_role_work_queues"]),
            _unrecorded(scene, stray),
            _called_at_home(scene, agenda.book, total * 0.002),
        ]
    )


@dataclass(frozen=True, slots=True)
class _PartIndex:
    """The subjects of each matter, to draw one of them."""

    order: Ints
    first: Ints
    count: Ints

    @classmethod
    def of(cls, book: Book) -> _PartIndex:
        count = np.bincount(book.parts.matter, minlength=len(book.matters.kind))
        return cls(np.argsort(book.parts.matter, kind="stable"), np.cumsum(count) - count, count)

    def draw(self, rng: np.random.Generator, book: Book, matter: Ints) -> Ints:
        """Return a subject of each matter; the first ones written down are opened most."""
        place = (self.count[matter] * rng.random(len(matter)) ** 1.4).astype(np.int64)
        subject: Ints = book.parts.subject[self.order[self.first[matter] + place]]
        return subject


def _pull(scene: Scene, book: Book) -> Reals:
    """Return how much looking each work makes: by its kind, its matter and its person."""
    kind = np.array(list(_LOOKS.values()))[book.works.work]
    busy = np.where(book.works.staff == NONE, 0.0, scene.force.weight[book.works.staff])
    index = _PartIndex.of(book)
    return kind * busy * book.matters.interest[book.works.matter] / 1000 * (index.count[book.works.matter] > 0)


def _direct(scene: Scene, book: Book, wanted: float) -> Items:
    rng, force = scene.streams.named("direct work"), scene.force
    works = book.works
    row = drawn(rng, _pull(scene, book), wanted, 1.9)
    staff, matter, work = works.staff[row], works.matter[row], works.work[row]
    habit = np.array([HABIT[name] for name in _HABIT_OF.values()])[work]
    where = systems(rng, habit)
    at = _when(scene, rng, book, row)
    by_radio = (where == SYSTEM["PNC"]) & (work == WORKS["attending"]) & (rng.random(len(row)) < 0.65)
    room = force.in_role("control_room")
    operator = np.where(by_radio, room[rng.integers(0, len(room), len(row))], NONE)
    operator = np.where(by_radio & scene.roster.on_duty(operator, at), operator, NONE)
    asked = operator != NONE
    items = looked(
        np.where(asked, operator, staff),
        _PartIndex.of(book).draw(rng, book, matter),
        at,
        "direct",
        requester=np.where(asked, staff, NONE),
        matter=matter,
        opens=np.where(asked, 1 + (rng.random(len(row)) < 0.3), opens(rng, len(row))),
        system=where,
        mobile=(work == WORKS["attending"]) & ~asked & (rng.random(len(row)) < 0.55),
    )
    return up_to(items, wanted, scene.roster.clock)


def _when(scene: Scene, rng: np.random.Generator, book: Book, row: Ints) -> Ints:
    """Return when the looking of each work was done: calls at once, crews mostly within the hour, cases over weeks."""
    works, roster, clock = book.works, scene.roster, scene.roster.clock
    staff, work, starts = works.staff[row], works.work[row], works.starts[row]
    count = len(row)
    call = starts + delays(rng, count, 2.5 * MINUTE)
    sent = starts + delays(rng, count, 12 * MINUTE)
    scene_of = starts + delays(rng, count, 40 * MINUTE)
    ends = np.where(works.ends[row] == 0, clock.closes, np.minimum(works.ends[row] + 6 * HOUR, clock.closes))
    fresh = starts + delays(rng, count, 12 * DAY)
    fresh = np.where((fresh > clock.opens) & (fresh < ends - 2 * DAY), fresh, starts)
    low = np.maximum(np.where(rng.random(count) < 0.5, starts, fresh), clock.opens)
    high = np.where(fresh == low, low + 3 * DAY, ends)
    later = roster.moment(rng, staff, (low, np.maximum(np.minimum(high, ends), low + 1)))
    after = roster.moment(rng, staff, (starts, starts + 5 * DAY))
    held = roster.moment(rng, staff, (starts, np.minimum(starts + DAY, ends)))
    there = np.where((rng.random(count) < 0.75) & roster.on_duty(staff, scene_of), scene_of, after)
    custody = np.isin(work, [WORKS[name] for name in _CUSTODY])
    conditions = [work == WORKS["call_handler"], work == WORKS["dispatcher"], work == WORKS["attending"], custody]
    return np.select(conditions, [call, sent, there, held], later)


def _operations(scene: Scene, book: Book, wanted: float) -> Items:
    """Return the looking of whole units on operations, and on the event that everybody hears of."""
    rng, clock, units = scene.streams.named("operations work"), scene.roster.clock, scene.force.units
    works = book.works
    index = _PartIndex.of(book)
    weights = (works.unit != NONE) * np.minimum(book.matters.interest[works.matter], 9_000).astype(np.float64)
    row = drawn(rng, weights, wanted, 1.6)
    unit, matter = works.unit[row], works.matter[row]
    named = (
        rng.random(len(row)) < 0.8
    )  # those on the list of the team do most of the work; they stand first in the unit
    reach = np.where(named, named_of(units.size[unit]), units.size[unit])
    staff = units.first[unit] + (rng.random(len(row)) * reach).astype(np.int64)
    low = np.maximum(works.starts[row], clock.opens)
    at = scene.roster.moment(rng, staff, (low, np.full(len(row), clock.closes)))
    room = units.role[unit] == ROLE["control_room"]
    habit = np.where(room, HABIT["dispatcher"], HABIT["operation"])
    items = looked(
        staff,
        index.draw(rng, book, matter),
        at,
        "direct",
        matter=matter,
        opens=opens(rng, len(row)),
        system=systems(rng, habit),
    )
    return up_to(items, wanted, clock)


def _called_at_home(scene: Scene, book: Book, wanted: float) -> Items:
    """Return the looking of officers in a case who are rung up, or cannot let go, when they are not at work."""
    rng, clock = scene.streams.named("called at home"), scene.roster.clock
    row = drawn(rng, _pull(scene, book) * (book.works.work == WORKS["officer_in_case"]), wanted, 2.5)
    staff, matter = book.works.staff[row], book.works.matter[row]
    low = np.maximum(book.works.starts[row], clock.opens)
    at = low + (rng.random(len(row)) * (clock.closes - low)).astype(np.int64)
    items = looked(
        staff,
        _PartIndex.of(book).draw(rng, book, matter),
        np.where(scene.roster.on_duty(staff, at), NONE, at),
        "direct",
        matter=matter,
        opens=opens(rng, len(row)),
        mobile=np.ones(len(row), np.bool_),
    )
    return up_to(items, wanted, clock)


def _near(scene: Scene, book: Book, wanted: float, cause: str) -> Items:
    """Return the looking of those around someone assigned: team mates of the same shift, or the leader of the unit."""
    rng, force = scene.streams.named(cause), scene.force
    near = np.isin(book.works.work, [WORKS["attending"], WORKS["officer_in_case"], WORKS["desk_investigator"]])
    near &= book.works.starts > scene.roster.clock.opens - DAY
    pull = _pull(scene, book) * near
    row = drawn(rng, pull, wanted, 3.0)
    staff, matter = book.works.staff[row], book.works.matter[row]
    unit = force.unit[staff]
    mate = force.units.first[unit] + (rng.random(len(row)) * force.units.size[unit]).astype(np.int64)
    other = mate if cause == "team" else force.leader(staff)
    clock = scene.roster.clock
    low = book.works.starts[row]
    reach = 2 * DAY if cause == "supervision" else DAY
    at = scene.roster.moment(rng, other, (low, low + reach))
    at = np.where(other == staff, NONE, at)
    items = looked(
        other,
        _PartIndex.of(book).draw(rng, book, matter),
        at,
        cause,
        matter=matter,
        opens=opens(rng, len(row)),
        system=systems(rng, np.full(len(row), HABIT[cause])),
    )
    return up_to(items, wanted, clock)


def _briefed(scene: Scene, briefings: Briefings, wanted: float) -> Items:
    rng, force = scene.streams.named("briefing work"), scene.force
    row = drawn(rng, np.ones(len(briefings.subject)), wanted, 1.6)
    area, unit = briefings.area[row], briefings.unit[row]
    readers = [np.flatnonzero(force.area == n) for n in range(force.areas)]
    readers = [who[np.isin(force.role[who], [ROLE["response"], ROLE["neighbourhood"]])] for who in readers]
    width = min(len(who) for who in readers)
    anyone = np.array([who[:width] for who in readers])[area, rng.integers(0, width, len(row))]
    member = force.units.first[unit] + (rng.random(len(row)) * force.units.size[unit]).astype(np.int64)
    staff = np.where(unit == NONE, anyone, member)
    at = scene.roster.moment(rng, staff, (briefings.starts[row], briefings.ends[row]))
    items = looked(
        staff,
        briefings.subject[row],
        at,
        "briefing",
        opens=opens(rng, len(row)),
        system=systems(rng, np.full(len(row), HABIT["briefing"])),
    )
    return up_to(items, wanted, scene.roster.clock)


def _on_the_beat(scene: Scene, book: Book, wanted: float) -> Items:
    """Return the looking of neighbourhood officers at what lately happened on their beat."""
    rng, force, clock = scene.streams.named("beat work"), scene.force, scene.roster.clock
    index = _PartIndex.of(book)
    recent = (book.matters.kind == INCIDENT) & (book.matters.closed > clock.opens) & (index.count > 0)
    matter = drawn(rng, recent * book.matters.interest.astype(np.float64), wanted, 1.8)
    local = [np.flatnonzero((force.area == n) & (force.role == ROLE["neighbourhood"])) for n in range(force.areas)]
    staff = np.array(local)[book.matters.area[matter], rng.integers(0, len(local[0]), len(matter))]
    low = np.maximum(book.matters.opened[matter], clock.opens)
    at = scene.roster.moment(rng, staff, (low, book.matters.closed[matter] + 10 * HOUR))
    items = looked(
        staff,
        index.draw(rng, book, matter),
        at,
        "area",
        matter=matter,
        opens=opens(rng, len(matter)),
        system=systems(rng, np.full(len(matter), HABIT["briefing"])),
    )
    return up_to(items, wanted, clock)


def _queued(scene: Scene, tasks: Tasks, wanted: float) -> Items:
    rng = scene.streams.named("queue work")
    row = drawn(rng, np.ones(len(tasks.subject)), wanted, 1.5)
    habit = np.array([HABIT[name] for name, *_ in QUEUES])[tasks.queue[row]]
    at = scene.roster.moment(rng, tasks.staff[row], (tasks.issued[row], tasks.done[row]))
    items = looked(
        tasks.staff[row], tasks.subject[row], at, "queue", opens=opens(rng, len(row)), system=systems(rng, habit)
    )
    return up_to(items, wanted, scene.roster.clock)


#: How much looking without any record a role does: street checks, walk-in enquiries, telephone calls, favours to partners.
_STRAY = {
    "response": 1.0,
    "neighbourhood": 1.2,
    "roads": 1.4,
    "control_room": 1.0,
    "intelligence": 1.0,
    "corporate": 0.06,
}


def _unrecorded(scene: Scene, wanted: float) -> Items:
    """Return honest looking that no record explains, in every role; one pair in five is looked at again on later days."""
    rng, force, people, clock = scene.streams.named("unrecorded work"), scene.force, scene.people, scene.roster.clock
    rate = np.array([_STRAY.get(role, 0.7) for role in ROLE])[force.role] * force.weight
    row = drawn(rng, rate, wanted, 1.2)
    area = np.where(force.area[row] == NONE, rng.integers(0, force.areas, len(row)), force.area[row])
    person = people.locals(rng, area, 2.0)
    share = rng.random(len(row))
    vehicle = people.vehicle(rng.integers(0, len(people.keeper), len(row)))
    subject = np.select([share < 0.22, share < 0.32], [vehicle, people.address(people.household[person])], person)
    again = np.where(rng.random(len(row)) < 0.2, rng.geometric(0.4, len(row)), 0)
    who = np.repeat(np.arange(len(row)), 1 + again)
    staff = row[who]
    low = clock.opens + (rng.random(len(row)) * (clock.closes - clock.opens)).astype(np.int64)
    at = scene.roster.moment(rng, staff, (low[who] - 2 * DAY, low[who] + 3 * DAY))
    by_radio = _radio(scene, rng, staff, at)
    where = systems(rng, np.full(len(who), HABIT["unrecorded"]))
    asked = (by_radio != NONE) & (where == SYSTEM["PNC"])
    items = looked(
        np.where(asked, by_radio, staff),
        subject[who],
        np.where(at == NONE, NONE, at),
        "unrecorded",
        requester=np.where(asked, staff, NONE),
        opens=np.where(asked, 1 + (rng.random(len(who)) < 0.3), opens(rng, len(who))),
        system=where,
        mobile=_out(scene, staff) & ~asked & (rng.random(len(who)) < 0.5),
    )
    return up_to(items, wanted, clock)


def _out(scene: Scene, staff: Ints) -> Truths:
    return np.isin(scene.force.role[staff], [ROLE[name] for name in ("response", "neighbourhood", "roads", "specials")])


def _radio(scene: Scene, rng: np.random.Generator, staff: Ints, at: Ints) -> Ints:
    """Return who in the control room looks on behalf of a patrol that asks by radio, NONE for all others."""
    room = scene.force.in_role("control_room")
    operator = room[rng.integers(0, len(room), len(staff))]
    asks = _out(scene, staff) & (rng.random(len(staff)) < 0.6)
    return np.where(asks & scene.roster.on_duty(operator, at), operator, NONE)
