"""Ties between the staff and the people they might look up: those they live with, kin elsewhere, former partners, tenants, friends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custodiet.simulator.incidents import Scene
from custodiet.simulator.matters import stacked
from custodiet.simulator.population import Population
from custodiet.simulator.streams import DAY, Ints, Truths, by_day

NATURES = ("spouse", "child", "parent", "sibling", "ex_partner", "tenant", "friend")
NATURE = {name: n for n, name in enumerate(NATURES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Who is tied to whom, how, and whether it was declared and when."""

    staff: Ints
    subject: Ints
    nature: Ints
    declared: Truths
    at: Ints

    def of(self, nature: str) -> Ints:
        """Return the rows of that nature."""
        return np.flatnonzero(self.nature == NATURE[nature])


@dataclass(frozen=True, slots=True)
class Namesakes:
    """People by family name."""

    order: Ints
    first: Ints
    count: Ints

    @classmethod
    def of(cls, people: Population) -> Namesakes:
        """Return the index over all people."""
        count = np.bincount(people.surname)
        return cls(np.argsort(people.surname, kind="stable"), np.cumsum(count) - count, count)

    def draw(self, rng: np.random.Generator, surname: Ints) -> Ints:
        """Return a person of each family name."""
        return self.order[self.first[surname] + (rng.random(len(surname)) * self.count[surname]).astype(np.int64)]


def tied(scene: Scene, namesakes: Namesakes) -> Ties:
    """Return the ties of the whole workforce."""
    rng, people = scene.streams.named("ties"), scene.people
    everyone = np.arange(scene.force.size)
    own = people.staff_person
    parts = [_housemates(rng, scene)]
    for nature, share in (("parent", 0.25), ("sibling", 0.2)):
        staff = everyone[rng.random(len(everyone)) < share]
        parts.append(_tie(rng, scene, (staff, namesakes.draw(rng, people.surname[own[staff]])), (nature, 0.25)))
    for nature, share, told in (("ex_partner", 0.1, 0.5), ("tenant", 0.015, 0.6), ("friend", 0.12, 0.15)):
        staff = everyone[rng.random(len(everyone)) < share]
        subject = people.grown(rng.integers(0, people.people, len(staff)))
        parts.append(_tie(rng, scene, (staff, subject), (nature, told)))
    return stacked(parts)


def _housemates(rng: np.random.Generator, scene: Scene) -> Ties:
    people = scene.people
    home = people.household[people.staff_person]
    second = people.first_of[home] + 1
    staff = np.flatnonzero(second < people.first_of[home + 1])
    return _tie(rng, scene, (staff, second[staff]), ("spouse", 0.35))


def _tie(rng: np.random.Generator, scene: Scene, pair: tuple[Ints, Ints], nature: tuple[str, float]) -> Ties:
    staff, subject = pair
    count = len(staff)
    return Ties(
        staff=staff,
        subject=subject,
        nature=np.full(count, NATURE[nature[0]]),
        declared=rng.random(count) < nature[1],
        at=by_day(scene.roster.clock.opens - 2 * DAY - (rng.random(count) * 900 * DAY).astype(np.int64)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Who goes from one unit to another, and when."""

    staff: Ints
    unit: Ints
    at: Ints


def moves(scene: Scene) -> Moves:
    """Return the changes of posting within the fortnight: some people in a thousand, to a unit of the same sort or another."""
    rng, force, clock = scene.streams.named("moves"), scene.force, scene.roster.clock
    able = np.flatnonzero(force.place > 0)
    detectives = force.in_role("investigation", "major_crime")
    detectives = detectives[force.place[detectives] > 0]
    some = rng.choice(able, max(4, len(able) // 160), replace=False)
    staff = np.unique(np.concatenate([some, rng.choice(detectives, max(2, len(detectives) // 20), replace=False)]))
    unit = rng.integers(0, len(force.units.name), len(staff))
    unit = np.where(unit == force.unit[staff], (unit + 1) % len(force.units.name), unit)
    day = rng.integers(clock.days // 3, max(clock.days // 3 + 1, clock.days * 2 // 3), len(staff))
    return Moves(staff=staff, unit=unit, at=clock.midnight(day))
