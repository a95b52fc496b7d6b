"""The people whom the force serves: households, names, streets and vehicles; and the staff, who live among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from custodiet.simulator.figures import Figures
from custodiet.simulator.names import Names
from custodiet.simulator.streams import NONE, Ints, Streams, Truths, chosen, ranks
from custodiet.simulator.workforce import Workforce

PERSON, VEHICLE, ADDRESS, FORMER = range(4)  # FORMER: a second number for a person, later merged
KINDS = ("person", "vehicle", "address", "person")
DOORS = 44  # homes in a street
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Population:
    """All subjects in one numbering: persons, then vehicles, then addresses, then former numbers of persons."""

    households: int
    household: Ints  # of each person; persons of one household, and of one area, stand together
    surname: Ints
    forename: Ints
    born: Ints  # days since 1970
    keeper: Ints  # of each vehicle
    home_area: Ints  # of each household
    area_first: Ints  # first person of each area, and the end
    former_of: Ints  # the person that each former number stands for
    staff_person: Ints  # the person that each member of staff is
    is_staff: Truths  # of each person
    first_of: Ints  # first person of each household, and the end

    @property
    def people(self) -> int:
        """Return how many persons there are."""
        return len(self.household)

    @property
    def size(self) -> int:
        """Return how many subjects there are in the numbering."""
        return self.people + len(self.keeper) + self.households + len(self.former_of)

    def kind(self, subject: Ints) -> Ints:
        """Return the kind of each subject."""
        bounds = np.cumsum([self.people, len(self.keeper), self.households])
        return np.searchsorted(bounds, subject, side="right").astype(np.int64)

    def address(self, household: Ints) -> Ints:
        """Return the subjects that those homes are."""
        return household + self.people + len(self.keeper)

    def vehicle(self, vehicle: Ints) -> Ints:
        """Return the subjects that those vehicles are."""
        return vehicle + self.people

    def home(self, subject: Ints) -> Ints:
        """Return the household of persons and addresses, and of the keepers of vehicles."""
        kind = self.kind(subject)
        last = len(self.keeper) - 1
        keeper = self.household[self.keeper[np.clip(subject - self.people, 0, last)]]
        place = subject - self.people - len(self.keeper)
        person = self.household[np.clip(self.person_of(subject), 0, self.people - 1)]
        return np.select([kind == VEHICLE, kind == ADDRESS], [keeper, place], person)

    def person_of(self, subject: Ints) -> Ints:
        """Return the person that a number stands for: itself, or the survivor of a former number; NONE for things."""
        kind = self.kind(subject)
        extra = np.clip(subject - (self.size - len(self.former_of)), 0, max(len(self.former_of) - 1, 0))
        survivor = self.former_of[extra] if len(self.former_of) else subject
        return np.select([kind == PERSON, kind == FORMER], [subject, survivor], NONE)

    def grown(self, person: Ints) -> Ints:
        """Return the person, or the first of the household where that is a small child."""
        child = self.born[person] > date(2014, 1, 1).toordinal() - _EPOCH
        return np.where(child, self.first_of[self.household[person]], person)

    def locals(self, rng: np.random.Generator, area: Ints, steepness: float) -> Ints:
        """Return persons of those areas; the steeper, the more often the same few, as police work goes.

        Staff come to notice a tenth as often as other people.
        """
        first, count = self.area_first[area], self.area_first[area + 1] - self.area_first[area]
        rank = (count * rng.random(len(area)) ** steepness).astype(np.int64)
        person = self.grown(first + (np.minimum(rank, count - 1) * 7919) % count)
        spared = self.is_staff[person] & (rng.random(len(area)) < 0.9)
        return np.where(spared, self.first_of[np.minimum(self.household[person] + 1, self.households - 1)], person)

    def neighbour(self, rng: np.random.Generator, household: Ints) -> Ints:
        """Return homes one to three doors away in the same street."""
        step = rng.integers(1, 4, len(household)) * np.where(rng.random(len(household)) < 0.5, -1, 1)
        other = household + step
        off = (other // DOORS != household // DOORS) | (other < 0) | (other >= self.households)
        return np.where(off, np.clip(household - step, 0, self.households - 1), other)


def settle(streams: Streams, force: Workforce, figures: Figures, scale: float) -> Population:
    """Return the population with the staff among it."""
    rng = streams.named("population")
    people = max(4000, int(figures["population"] * scale))
    sizes = np.array([1, 1, 2, 2, 2, 3, 4, 5])[rng.integers(0, 8, people // 2)]
    household = np.repeat(np.arange(len(sizes)), sizes)[:people]
    households = int(household[-1]) + 1
    order = np.arange(people)
    first_of = np.searchsorted(household, np.arange(households + 1))
    place = order - first_of[household]
    names = Names()
    surname = _surnames(rng, names, household, place)
    years = np.where(place < 2, rng.uniform(19, 88, people), rng.uniform(0, 24, people))
    bounds = np.linspace(0, households // DOORS, force.areas + 1).astype(np.int64) * DOORS
    bounds[-1] = households
    area = np.searchsorted(bounds, np.arange(households), side="right") - 1
    staff_person = _housed(rng, force, first_of, bounds)
    is_staff = np.zeros(people, np.bool_)
    is_staff[staff_person] = True
    return Population(
        households=households,
        household=household,
        surname=surname,
        forename=ranks(rng, people, len(names.forenames), 1.3),
        born=(date(2026, 3, 1).toordinal() - _EPOCH - years * 365.25).astype(np.int64),
        keeper=rng.integers(0, people, people // 2),
        home_area=area,
        area_first=first_of[bounds],
        former_of=np.sort(rng.choice(people, people // 150, replace=False)),
        staff_person=staff_person,
        is_staff=is_staff,
        first_of=first_of,
    )


def _surnames(rng: np.random.Generator, names: Names, household: Ints, place: Ints) -> Ints:
    weights = names.surname_weights()
    family = chosen(rng, weights, int(household[-1]) + 1)
    own = chosen(rng, weights, len(household))
    return np.where((place > 0) & (rng.random(len(household)) < 0.2), own, family[household])


def _housed(rng: np.random.Generator, force: Workforce, first_of: Ints, bounds: Ints) -> Ints:
    """Return the person that each member of staff is: a fifth of local staff live in the area they serve."""
    households = len(first_of) - 1
    home = rng.permutation(households)[: force.size]
    local = (force.area != NONE) & (rng.random(force.size) < 0.2)
    first, end = bounds[np.maximum(force.area, 0)], bounds[np.maximum(force.area, 0) + 1]
    near = first + (rng.random(force.size) * (end - first)).astype(np.int64)
    taken: set[int] = set(home[~local].tolist())
    for n in np.flatnonzero(local):
        pick = int(near[n])
        while pick in taken:
            pick = (pick + 1) % households
        taken.add(pick)
        home[n] = pick
    return first_of[home]
