"""Planted cases: misuse, and honest work that looks like it. What they are is told only in the answer file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from custodiet.simulator.incidents import Scene
from custodiet.simulator.items import HABIT, Items, looked, systems
from custodiet.simulator.matters import CATEGORY, INCIDENT, OPERATION, PART, WORKS, Book, recast, stacked
from custodiet.simulator.streams import DAY, HOUR, NONE, Ints
from custodiet.simulator.ties import Moves, Namesakes, Ties
from custodiet.simulator.workforce import ROLE


@dataclass(frozen=True, slots=True)
class Case:
    """One planted case: its pattern, whether it is misuse, who, whom, and what to know about it."""

    pattern: str
    label: str  # misuse or benign
    actor: int
    subjects: tuple[int, ...]
    note: str


@dataclass(slots=True)
class Plot:
    """The cases planted so far, and the looking that they make."""

    scene: Scene
    book: Book
    ties: Ties
    moves: Moves
    famous: Ints
    rng: np.random.Generator
    cases: list[Case] = field(default_factory=list)
    items: list[Items] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def actor(self, among: Ints) -> int:
        """Return one of them who is in no case yet and at work for some days of the fortnight."""
        days = (self.scene.roster.starts[among] > 0).sum(axis=1)
        weights = np.where(days >= min(4, self.scene.roster.clock.days // 2), self.scene.force.weight[among], 0.0)
        weights *= np.where(np.isin(self.scene.force.role[among], [ROLE["corporate"]]), 0.15, 1.0)
        weights *= ~np.isin(among, list(self.used))
        if weights.sum() == 0:
            weights = np.ones(len(among))
        actor = int(among[int(np.searchsorted(np.cumsum(weights), self.rng.random() * weights.sum()))])
        self.used.add(actor)
        return actor

    def plant(self, case: Case, at: Ints, total: int, *, subjects: Ints | None = None, mobile: float = 0.1) -> None:
        """Add the case with its looks: `total` accesses over the given moments; moments outside the fortnight are left out."""
        clock = self.scene.roster.clock
        at = at[(at >= clock.opens) & (at < clock.closes)][:total]
        if len(at) == 0:
            return
        share = self.rng.multinomial(max(total - len(at), 0), np.full(len(at), 1 / len(at))) + 1
        whom = (
            np.array(case.subjects)[self.rng.integers(0, len(case.subjects), len(at))]
            if subjects is None
            else subjects[: len(at)]
        )
        out = ~self.scene.roster.on_duty(np.full(len(at), case.actor), at) | (self.rng.random(len(at)) < mobile)
        self.items.append(
            looked(
                np.full(len(at), case.actor),
                whom,
                at,
                "misuse",
                opens=share.astype(np.int64),
                system=np.where(out, 0, systems(self.rng, np.full(len(at), HABIT["unrecorded"]))),
                mobile=out,
                case=np.full(len(at), len(self.cases)),
            )
        )
        self.cases.append(case)

    def at_work(self, actor: int, count: int, span: tuple[int, int]) -> Ints:
        """Return moments when the actor is at work."""
        who = np.full(count, actor)
        return self.scene.roster.moment(
            self.rng, who, (np.full(count, span[0]), np.full(count, max(span[1], span[0] + 1)))
        )

    def any_time(self, count: int, span: tuple[int, int]) -> Ints:
        """Return moments of the evening or night, at work or not."""
        day = self.rng.integers(0, max(1, (span[1] - span[0]) // DAY), count) * DAY
        return span[0] + day + ((19 + self.rng.random(count) * 6) * HOUR).astype(np.int64)

    @property
    def fortnight(self) -> tuple[int, int]:
        """Return the span of all accesses."""
        return self.scene.roster.clock.opens, self.scene.roster.clock.closes

    def size(self, median: float = 8.0) -> int:
        """Return how many accesses a case makes: few as a rule, at times many."""
        return int(np.clip(round(float(self.rng.lognormal(np.log(median), 0.9))), 2, 140))


def planted(plot: Plot) -> tuple[list[Case], Items]:
    """Return all cases, with the looking of those that are misuse; benign ones look by way of honest work."""
    scale = plot.scene.scale
    for pattern, count in _PATTERNS:
        for _ in range(max(1, round(count * scale))):
            pattern(plot)
    return plot.cases, stacked(plot.items)


def _everyone(plot: Plot) -> Ints:
    return np.arange(plot.scene.force.size)


def _self_check(plot: Plot) -> None:
    actor = plot.actor(_everyone(plot))
    person = int(plot.scene.people.staff_person[actor])
    home = int(plot.scene.people.address(plot.scene.people.household[[person]])[0])
    subjects = (person,) if plot.rng.random() < 0.6 else (person, home)
    total = plot.size(4.0)
    at = plot.at_work(actor, 1 + total // 4, plot.fortnight)
    plot.plant(Case("P01", "misuse", actor, subjects, "own record"), at, total)


def _former_partner(plot: Plot) -> None:
    rows = plot.ties.of("ex_partner")
    told = rows[plot.ties.declared[rows] == (len(plot.cases) % 2 == 0)]
    rows = told if len(told) else rows
    row = int(rows[plot.ties.staff[rows] == plot.actor(plot.ties.staff[rows])][0])
    actor, former = int(plot.ties.staff[row]), int(plot.ties.subject[row])
    total = plot.size(14.0)
    visits = 2 + total // 3
    off = plot.rng.random() < 0.5
    at = plot.at_work(actor, visits, plot.fortnight)
    if off:
        at[::2] = plot.any_time(len(at[::2]), plot.fortnight)
    note = "former partner, declared" if plot.ties.declared[row] else "former partner, not declared"
    plot.plant(Case("P02", "misuse", actor, (former,), note), at, total, mobile=0.3)


def _incident_of(plot: Plot, part: str, *, attended: bool = False) -> tuple[int, int, int]:
    """Return an incident that has that part, the subject in it, and the row of an attending officer.

    It is one of the fortnight with some days to come, unless a small or short force has none such.
    """
    book, clock = plot.book, plot.scene.roster.clock
    lively = (book.matters.kind == INCIDENT) & (book.matters.opened > clock.opens + DAY // 2)
    lively &= book.matters.opened < clock.closes - DAY
    went = np.flatnonzero(book.works.work == WORKS["attending"])
    sought = (book.parts.part == PART[part]) & (book.matters.kind[book.parts.matter] == INCIDENT)
    if attended:
        sought &= np.isin(book.parts.matter, book.works.matter[went])
    best = sought & lively[book.parts.matter]
    rows = np.flatnonzero(best if best.any() else sought)
    row = int(rows[plot.rng.integers(0, len(rows))])
    matter = int(book.parts.matter[row])
    crew = went[book.works.matter[went] == matter]
    return matter, int(book.parts.subject[row]), int(crew[0]) if len(crew) else NONE


def _relative_in_trouble(plot: Plot) -> None:
    rows = np.concatenate([plot.ties.of(nature) for nature in ("spouse", "sibling", "parent")])
    actor = plot.actor(plot.ties.staff[rows])
    relative = int(plot.ties.subject[rows[plot.ties.staff[rows] == actor][0]])
    matter, before, _ = _incident_of(plot, "suspect")
    recast(plot.book, matter, (before, relative))
    opened = int(plot.book.matters.opened[matter])
    total = plot.size(6.0)
    soon = opened + (plot.rng.random(1 + total // 3) * 14 * HOUR).astype(np.int64)
    later = plot.at_work(actor, len(soon), (opened, opened + 3 * DAY))
    at = np.where(plot.rng.random(len(soon)) < 0.5, soon, later)
    plot.plant(Case("P04", "misuse", actor, (relative,), "relative became a suspect"), at, total, mobile=0.3)


def _neighbour(plot: Plot) -> None:
    people = plot.scene.people
    actor = plot.actor(_everyone(plot))
    home = people.neighbour(plot.rng, people.household[people.staff_person[[actor]]])
    person = int(people.first_of[home][0])
    note = "neighbour, no matter at all"
    if len(plot.cases) % 2:
        matter, before, _ = _incident_of(plot, "caller")
        recast(plot.book, matter, (before, person))
        note = "neighbour who had called the police"
    total = plot.size(6.0)
    at = plot.at_work(actor, 1 + total // 4, plot.fortnight)
    plot.plant(Case("P05", "misuse", actor, (person, int(people.address(home)[0])), note), at, total)


def _colleague(plot: Plot) -> None:
    force = plot.scene.force
    actor = plot.actor(_everyone(plot))
    unit = force.unit[actor]
    mates = force.units.first[unit] + np.arange(force.units.size[unit])
    mates = mates[mates != actor]
    colleague = int(plot.scene.people.staff_person[mates[plot.rng.integers(0, len(mates))]])
    total = plot.size(5.0)
    at = plot.at_work(actor, 1 + total // 4, plot.fortnight)
    plot.plant(Case("P06", "misuse", actor, (colleague,), "colleague of the same unit"), at, total)


def _curiosity(plot: Plot) -> None:
    book, force = plot.book, plot.scene.force
    matter = int(np.flatnonzero(book.matters.category == CATEGORY["homicide"])[-1])
    assigned = book.works.unit[(book.works.matter == matter) & (book.works.unit != NONE)]
    outside = ~np.isin(force.unit, assigned) & (force.area != book.matters.area[matter])
    actor = plot.actor(np.flatnonzero(outside))
    subjects = tuple(int(s) for s in book.parts.subject[book.parts.matter == matter][:2])
    opened = int(book.matters.opened[matter])
    total = plot.size(3.0)
    at = plot.at_work(actor, 1 + total // 4, (opened + 8 * HOUR, opened + 6 * DAY))
    plot.plant(Case("P08", "misuse", actor, subjects, "the event that everybody talks of"), at, total)


def _vehicle_favour(plot: Plot) -> None:
    actor = plot.actor(plot.scene.force.in_role("response", "control_room", "roads", "neighbourhood"))
    people = plot.scene.people
    vehicle = int(people.vehicle(plot.rng.integers(0, len(people.keeper), 1))[0])
    at = plot.at_work(actor, 2, plot.fortnight)
    plot.plant(
        Case("P20", "misuse", actor, (vehicle,), "vehicle check as a favour; no trace of a tie"), at, plot.size(3.0)
    )


def _tenant(plot: Plot) -> None:
    rows = plot.ties.of("tenant")
    actor = plot.actor(plot.ties.staff[rows])
    row = int(rows[plot.ties.staff[rows] == actor][0])
    total = plot.size(5.0)
    at = plot.at_work(actor, 1 + total // 3, plot.fortnight)
    plot.plant(Case("P22", "misuse", actor, (int(plot.ties.subject[row]),), "tenant of the actor"), at, total)


def _trawl(plot: Plot) -> None:
    actor = plot.actor(plot.scene.force.in_role("response", "control_room", "investigation"))
    people, force = plot.scene.people, plot.scene.force
    visits = 30 + int(plot.rng.integers(0, 40))
    area = plot.rng.integers(0, force.areas, visits)
    subjects = people.locals(plot.rng, area, 2.5)
    at = plot.at_work(actor, visits, plot.fortnight)
    at[: visits // 2] = plot.any_time(visits // 2, plot.fortnight)
    case = Case("P27", "misuse", actor, tuple(subjects.tolist()), "trawling through many records, partly off duty")
    plot.plant(case, at, visits + int(plot.rng.integers(30, 90)), subjects=subjects, mobile=0.5)


def _after_leaving(plot: Plot) -> None:
    """Plant a look at the old unit's operation by someone who has left; skipped where nobody left such a unit."""
    book, force = plot.book, plot.scene.force
    works = np.flatnonzero((book.works.unit != NONE) & (book.matters.kind[book.works.matter] == OPERATION))
    leavers = plot.moves.staff[np.isin(force.unit[plot.moves.staff], book.works.unit[works])]
    leavers = leavers[~np.isin(leavers, list(plot.used))]
    if len(leavers) == 0:
        return
    actor = plot.actor(leavers)
    matter = int(book.works.matter[works[book.works.unit[works] == force.unit[actor]][0]])
    persons = [int(s) for s in book.parts.subject[book.parts.matter == matter] if s < plot.scene.people.people]
    left = int(plot.moves.at[plot.moves.staff == actor][0])
    total = plot.size(8.0)
    at = plot.at_work(actor, 1 + total // 3, (left + DAY, plot.fortnight[1]))
    plot.plant(
        Case("P12", "misuse", actor, tuple(persons[:3]), "operation of the unit that the actor had left"), at, total
    )


def _victim_pursued(plot: Plot) -> None:
    matter, victim, crew = _incident_of(plot, "victim", attended=True)
    actor = int(plot.book.works.staff[crew])
    plot.used.add(actor)
    ends = int(plot.book.matters.closed[matter])
    total = plot.size(20.0)
    visits = 3 + total // 3
    at = plot.at_work(actor, visits, (ends + DAY // 2, plot.fortnight[1]))
    at[::3] = plot.any_time(len(at[::3]), (ends + DAY, plot.fortnight[1]))
    plot.plant(
        Case("P14", "misuse", actor, (victim,), "victim first met on duty, looked up long after"), at, total, mobile=0.4
    )


def _public_figure(plot: Plot) -> None:
    actor = plot.actor(_everyone(plot))
    figure = int(plot.famous[plot.rng.integers(0, len(plot.famous))])
    at = plot.at_work(actor, 2, plot.fortnight)
    plot.plant(Case("P31", "misuse", actor, (figure,), "public figure without an event"), at, plot.size(3.0))


def _sent_to_neighbour(plot: Plot) -> None:
    matter, caller, crew = _incident_of(plot, "caller", attended=True)
    actor = int(plot.book.works.staff[crew])
    people = plot.scene.people
    home = people.neighbour(plot.rng, people.household[people.staff_person[[actor]]])
    person = int(people.first_of[home][0])
    recast(plot.book, matter, (caller, person))
    plot.cases.append(Case("P05", "benign", actor, (person,), "sent to the neighbour's call"))


def _colleague_hurt(plot: Plot) -> None:
    matter, victim, crew = _incident_of(plot, "victim", attended=True)
    actor = int(plot.book.works.staff[crew])
    mate = int(plot.scene.force.partner(np.array([actor]))[0])
    colleague = int(plot.scene.people.staff_person[mate if mate != NONE else actor - 1])
    recast(plot.book, matter, (victim, colleague))
    plot.cases.append(Case("P06", "benign", actor, (colleague,), "colleague hurt on duty at the incident attended"))


def _namesake(plot: Plot) -> None:
    matter, suspect, crew = _incident_of(plot, "suspect", attended=True)
    actor = int(plot.book.works.staff[crew])
    people = plot.scene.people
    surname = people.surname[people.staff_person[[actor]]]
    other = int(Namesakes.of(people).draw(plot.rng, surname)[0])
    recast(plot.book, matter, (suspect, other))
    plot.cases.append(Case("P04", "benign", actor, (other,), "suspect of the same family name and no relation"))


def _public_figure_called(plot: Plot) -> None:
    matter, caller, crew = _incident_of(plot, "caller", attended=True)
    figure = int(plot.famous[plot.rng.integers(0, len(plot.famous))])
    recast(plot.book, matter, (caller, figure))
    actor = int(plot.book.works.staff[crew])
    plot.cases.append(Case("P31", "benign", actor, (figure,), "public figure who had called the police"))


#: Patterns with how many there are at scale 1 in a fortnight; at least one of each.
_PATTERNS: tuple[tuple[Callable[[Plot], None], int], ...] = (
    (_sent_to_neighbour, 4),
    (_colleague_hurt, 3),
    (_namesake, 4),
    (_public_figure_called, 2),
    (_relative_in_trouble, 3),
    (_neighbour, 4),
    (_self_check, 4),
    (_former_partner, 4),
    (_colleague, 3),
    (_curiosity, 9),
    (_vehicle_favour, 2),
    (_tenant, 2),
    (_trawl, 1),
    (_after_leaving, 2),
    (_victim_pursued, 1),
    (_public_figure, 3),
)
