"""What happens in the fortnight: calls, incidents, crews sent, crimes recorded, arrests and custody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custodiet.simulator.figures import Figures
from custodiet.simulator.matters import (
    CATEGORIES,
    CATEGORY,
    CRIME,
    CUSTODY,
    INCIDENT,
    Book,
    Matters,
    Parts,
    Works,
    interest,
    moved,
    parts_of,
    stacked,
    works_of,
)
from custodiet.simulator.population import Population
from custodiet.simulator.roster import Roster
from custodiet.simulator.streams import DAY, HOUR, MINUTE, NONE, Ints, Streams, Truths, chosen, delays
from custodiet.simulator.workforce import OFFICER, ROLE, Workforce

EVE = 3  # days before day 0 whose incidents still draw work
_BY_HOUR = np.array([5, 4, 3, 2, 2, 2, 3, 4, 6, 7, 7, 7, 7, 7, 8, 9, 9, 9, 10, 10, 9, 9, 8, 7], np.float64)
_BY_WEEKDAY = np.array([0.96, 0.95, 0.96, 0.98, 1.08, 1.12, 0.95])


@dataclass(frozen=True, slots=True)
class Scene:
    """The world in which things happen."""

    streams: Streams
    force: Workforce
    people: Population
    roster: Roster
    figures: Figures
    scale: float


@dataclass(frozen=True, slots=True)
class Calls:
    """The incidents with the people in them and the crews sent, before they are written up."""

    area: Ints
    category: Ints
    began: Ints
    opened: Ints
    closed: Ints
    home: Ints
    caller: Ints
    victim: Ints
    suspect: Ints
    first: Ints  # attending officer, NONE where nobody went
    sent: Ints
    self_found: Truths


def happenings(scene: Scene) -> Book:
    """Return the book of incidents, crimes and custody records, in that order; parents count within it."""
    calls = _calls(scene)
    crimes, incident, officer = _crimes(scene, calls)
    custody = _custody(scene, calls, (incident, officer))
    first, second = len(calls.area), len(calls.area) + len(crimes.matters.kind)
    return Book(
        stacked([_incidents(calls, scene), crimes.matters, custody.matters]),
        stacked([_people_in(calls, scene), moved(crimes.parts, first), moved(custody.parts, second)]),
        stacked([*_handling(calls, scene), moved(crimes.works, first), moved(custody.works, second)]),
    )


def _calls(scene: Scene) -> Calls:
    rng, people, clock = scene.streams.named("calls"), scene.people, scene.roster.clock
    began = _moments(scene, rng)
    count = len(began)
    area = chosen(rng, 1.0 / (np.arange(scene.force.areas, dtype=np.float64) + 4.0), count)
    category = chosen(rng, np.array([share for _, share, _, _ in CATEGORIES]), count)
    self_found = rng.random(count) < 0.06
    opened = began + np.where(self_found, 20 * MINUTE, MINUTE) + delays(rng, count, 2 * MINUTE)
    opened += np.where(self_found, delays(rng, count, 20 * MINUTE), 0)
    caller = people.locals(rng, area, 1.6)
    member = _housemate(rng, people, caller)
    victim = np.where(rng.random(count) < 0.6, caller, people.locals(rng, area, 1.5))
    victim = np.where(rng.random(count) < 0.75, victim, NONE)
    suspect = np.where(category == CATEGORY["domestic"], member, people.locals(rng, area, 3.2))
    named = (rng.random(count) < 0.55) | (category == CATEGORY["domestic"])
    named &= category != CATEGORY["missing_person"]
    own = people.household[np.where(victim == NONE, caller, victim)]
    elsewhere = people.household[people.locals(rng, area, 1.2)]
    attend = np.array([attended for _, _, attended, _ in CATEGORIES])[category]
    first = _crew(scene, rng, area, opened)
    sent = opened + delays(rng, count, 9 * MINUTE) + np.where(self_found, began - opened, 2 * MINUTE)
    went = (rng.random(count) < attend * 0.8) | self_found
    return Calls(
        area=area,
        category=category,
        began=began,
        opened=opened,
        closed=opened + 40 * MINUTE + delays(rng, count, 7 * HOUR),
        home=np.where(rng.random(count) < 0.7, own, elsewhere),
        caller=caller,
        victim=victim,
        suspect=np.where(named, suspect, NONE),
        first=np.where(went & (began >= clock.opens - DAY), first, NONE),
        sent=sent,
        self_found=self_found,
    )


def _moments(scene: Scene, rng: np.random.Generator) -> Ints:
    """Return when things began, in order: by the hour of the local day and the day of the week."""
    clock = scene.roster.clock
    days = np.arange(-EVE, clock.days)
    mean = scene.figures["incidents_recorded_per_year"] / 365 * scene.scale
    per_day = rng.poisson(mean * _BY_WEEKDAY[(clock.start.weekday() + days) % 7])
    day = np.repeat(days, per_day)
    hour = chosen(rng, _BY_HOUR, len(day))
    return np.sort(clock.midnight(day) + hour * HOUR + (rng.random(len(day)) * HOUR).astype(np.int64))


def _housemate(rng: np.random.Generator, people: Population, person: Ints) -> Ints:
    home = people.household[person]
    first, count = people.first_of[home], people.first_of[home + 1] - people.first_of[home]
    other = people.grown(first + rng.integers(0, 1_000_000, len(person)) % count)
    return np.where(other == person, NONE, other)


def _crew(scene: Scene, rng: np.random.Generator, area: Ints, at: Ints) -> Ints:
    """Return the officer first sent: of the area's response teams, else of any local one at work."""
    members = [np.flatnonzero(scene.force.area == n) for n in range(scene.force.areas)]
    answering = [m[(scene.force.role[m] == ROLE["response"]) & (scene.force.place[m] > 0)] for m in members]
    width = max(len(m) for m in answering)
    pools = np.array([np.pad(m, (0, width - len(m)), constant_values=NONE) for m in answering])
    special = scene.force.in_role("roads", "armed_response", "specials")
    other = np.where(rng.random(len(at)) < 0.1, scene.roster.pick(rng, special, at), NONE)
    return np.where(other == NONE, scene.roster.pick(rng, pools[area], at), other)


def _incidents(calls: Calls, scene: Scene) -> Matters:
    rng = scene.streams.named("incident interest")
    count = len(calls.area)
    return Matters(
        kind=np.full(count, INCIDENT),
        area=calls.area,
        category=calls.category,
        began=calls.began,
        opened=calls.opened,
        closed=calls.closed,
        parent=np.full(count, NONE),
        interest=interest(rng, count),
    )


def _people_in(calls: Calls, scene: Scene) -> Parts:
    rng, people = scene.streams.named("people in incidents"), scene.people
    count = len(calls.area)
    rows = np.arange(count)
    missing = calls.category == CATEGORY["missing_person"]
    driven = np.where(rng.random(count) < 0.3, rng.integers(0, len(people.keeper), count), NONE)
    bystander = np.where(rng.random(count) < 0.3, people.locals(rng, calls.area, 1.4), NONE)
    return stacked(
        [
            parts_of(rng, rows, calls.caller, "caller", calls.opened),
            parts_of(rng, rows, np.where(missing, NONE, calls.victim), "victim", calls.opened),
            parts_of(rng, rows, np.where(missing, calls.victim, NONE), "missing", calls.opened),
            parts_of(rng, rows, calls.suspect, "suspect", calls.opened),
            parts_of(rng, rows, people.address(calls.home), "location", calls.opened),
            parts_of(rng, rows, np.where(driven == NONE, NONE, people.vehicle(driven)), "vehicle", calls.opened),
            parts_of(rng, rows, bystander, "witness", calls.opened + HOUR),
        ]
    )


def _handling(calls: Calls, scene: Scene) -> list[Works]:
    """Return the work of the control room, of crews, and of those who deal with a matter from a desk."""
    rng, force, roster = scene.streams.named("handling"), scene.force, scene.roster
    rows = np.arange(len(calls.area))
    room = force.in_role("control_room")
    handler = np.where(calls.self_found, NONE, roster.pick(rng, room, calls.began))
    dispatcher = roster.pick(rng, room, calls.opened)
    mate = force.partner(calls.first)
    mate = np.where((calls.first != NONE) & (mate != NONE) & roster.on_duty(mate, calls.sent), mate, NONE)
    crew = stacked(
        [works_of(rng, rows, who, "attending", (calls.sent, calls.closed)) for who in (calls.first, mate)]
        + _second_crew(calls, scene, rng)
    )
    desk = force.in_role("desk_investigation", "neighbourhood")
    alone = np.where(
        (calls.first == NONE) & (rng.random(len(rows)) < 0.6), desk[rng.integers(0, len(desk), len(rows))], NONE
    )
    return [
        works_of(rng, rows, handler, "call_handler", (calls.began, calls.opened + 30 * MINUTE)),
        works_of(rng, rows, dispatcher, "dispatcher", (calls.opened, calls.closed)),
        _crewed(crew, force),
        works_of(rng, rows, alone, "desk_investigator", (calls.opened + HOUR, calls.opened + 6 * DAY)),
    ]


def _second_crew(calls: Calls, scene: Scene, rng: np.random.Generator) -> list[Works]:
    again = (calls.first != NONE) & (rng.random(len(calls.area)) < 0.3)
    first = np.where(again, _crew(scene, rng, calls.area, calls.opened), NONE)
    first = np.where(first == calls.first, NONE, first)
    span = (calls.sent + 4 * MINUTE, calls.closed)
    mate = np.where(first == NONE, NONE, scene.force.partner(first))
    mate = np.where((mate != NONE) & (mate != calls.first) & scene.roster.on_duty(mate, span[0]), mate, NONE)
    rows = np.arange(len(calls.area))
    return [works_of(rng, rows, who, "attending", span) for who in (first, mate)]


def _crewed(works: Works, force: Workforce) -> Works:
    place = force.place[works.staff]
    columns = {name: getattr(works, name) for name in Works.__slots__}
    return Works(**{**columns, "crew": np.where(place % 2 == 1, place, place - 1)})


def _crimes(scene: Scene, calls: Calls) -> tuple[Book, Ints, Ints]:
    """Return the crimes, the incident of each, and its officer in the case."""
    rng, force = scene.streams.named("crimes"), scene.force
    chance = np.array([makes for *_, makes in CATEGORIES])[calls.category]
    incident = np.flatnonzero((rng.random(len(chance)) < chance) & (calls.victim != NONE))
    count = len(incident)
    opened = calls.opened[incident] + 20 * MINUTE + delays(rng, count, 2 * HOUR)
    serious = rng.random(count) < 0.35
    detectives = np.array([_pick_in(force, "investigation", n) for n in range(force.areas)])
    detective = detectives[calls.area[incident], rng.integers(0, detectives.shape[1], count)]
    hub = force.in_role("desk_investigation")
    desk = hub[rng.integers(0, len(hub), count)]
    officer = np.where(serious, detective, np.where(calls.first[incident] == NONE, desk, calls.first[incident]))
    closed = np.where(rng.random(count) < 0.35, opened + DAY + delays(rng, count, 6 * DAY), 0)
    builders = force.in_role("criminal_justice")
    builder = np.where(rng.random(count) < 0.25, builders[rng.integers(0, len(builders), count)], NONE)
    rows = np.arange(count)
    matters = Matters(
        kind=np.full(count, CRIME),
        area=calls.area[incident],
        category=calls.category[incident],
        began=opened,
        opened=opened,
        closed=closed,
        parent=incident,
        interest=interest(rng, count, 1.5),
    )
    parts = [
        parts_of(rng, rows, calls.victim[incident], "victim", opened),
        parts_of(rng, rows, calls.suspect[incident], "suspect", opened),
    ]
    works = [
        works_of(rng, rows, officer, "officer_in_case", (opened, closed)),
        works_of(rng, rows, builder, "case_builder", (opened + DAY, closed)),
    ]
    return Book(matters, stacked(parts), stacked(works)), incident, officer


def _pick_in(force: Workforce, role: str, area: int) -> Ints:
    return np.flatnonzero((force.role == ROLE[role]) & (force.area == area))


def _custody(scene: Scene, calls: Calls, crimes: tuple[Ints, Ints]) -> Book:
    """Return the custody records: arrests by crews who met a suspect, seen through by the custody staff of the time."""
    rng = scene.streams.named("custody")
    incident, officer = crimes
    able = (calls.first[incident] != NONE) & (calls.suspect[incident] != NONE)
    wanted = scene.figures["arrests_per_year"] / 365 * scene.scale * (scene.roster.clock.days + 1)
    held = np.flatnonzero(able & (rng.random(len(incident)) < wanted / max(int(able.sum()), 1)))
    where, count = incident[held], len(held)
    opened = calls.sent[where] + 30 * MINUTE + delays(rng, count, 40 * MINUTE)
    closed = opened + 6 * HOUR + np.minimum(delays(rng, count, 8 * HOUR), 18 * HOUR)
    matters = Matters(
        kind=np.full(count, CUSTODY),
        area=calls.area[where],
        category=calls.category[where],
        began=opened,
        opened=opened,
        closed=closed,
        parent=where,
        interest=interest(rng, count, 1.3),
    )
    rows = np.arange(count)
    works = [
        works_of(rng, rows, calls.first[where], "arresting_officer", (opened, closed)),
        works_of(rng, rows, officer[held], "interviewing_officer", (opened, closed)),
        *_guarding(scene, rng, (opened, closed)),
    ]
    return Book(matters, parts_of(rng, rows, calls.suspect[where], "detainee", opened), stacked(works))


def _guarding(scene: Scene, rng: np.random.Generator, span: tuple[Ints, Ints]) -> list[Works]:
    """Return the work of the custody staff on each record: those at work when it opens, and those eight hours later."""
    force, roster = scene.force, scene.roster
    staff = force.in_role("custody")
    officers = force.employment[staff] == OFFICER
    opened, closed = span
    later = opened + 8 * HOUR
    rows = np.arange(len(opened))
    return [
        works_of(rng, rows, roster.pick(rng, pool, starts), work, (starts, np.maximum(closed, starts + HOUR)))
        for pool, work in ((staff[officers], "custody_sergeant"), (staff[~officers], "detention_officer"))
        for starts in (opened, later)
    ]
