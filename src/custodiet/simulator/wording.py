"""How the world is written down: identifiers of subjects, numbers of matters, names, addresses, logins and call signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from custodiet.simulator.incidents import Scene
from custodiet.simulator.lines import (
    Stamps,
    Text,
    among,
    compute,
    joined,
    lower,
    numbered,
    padded,
    texts,
    upper,
    where,
    without,
)
from custodiet.simulator.matters import CASE, CRIME, CUSTODY, INCIDENT, INTELLIGENCE, OPERATION, Book
from custodiet.simulator.names import Names
from custodiet.simulator.population import ADDRESS, DOORS, FORMER, VEHICLE
from custodiet.simulator.streams import NONE, Ints, Truths

_PRIME = 9_999_991  # identifiers are scattered below it, so that none tells when a record was made
_LETTERS = np.array(list("ABCDEFGHJKLMNPRSTUVWXY"))


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for everything in one world."""

    scene: Scene
    names: Names
    stamps: Stamps
    matters: Text  # the number of each matter
    logins: Text
    collars: Text
    units: Text

    def subject(self, subject: Ints) -> Text:
        """Return the identifiers of subjects."""
        people = self.scene.people
        kind = people.kind(subject)
        base = np.array([0, people.people, people.people + len(people.keeper), 0])[kind]
        extra = np.where(kind == FORMER, people.people - (people.size - len(people.former_of)), 0)
        place = subject - base + extra
        factor = np.array([7_654_321, 5_432_101, 3_210_987, 7_654_321])[kind]
        return joined(among(texts("NVAN"), kind), numbered((place * factor + 1_234_567) % _PRIME, 7))

    def family_name(self, person: Ints) -> Text:
        """Return family names of persons; NONE gives an empty text."""
        return among(texts(self.names.surnames.tolist()), _or_none(self.scene.people.surname, person))

    def given_name(self, person: Ints) -> Text:
        """Return given names of persons; NONE gives an empty text."""
        return among(texts(self.names.forenames.tolist()), _or_none(self.scene.people.forename, person))

    def born(self, person: Ints) -> Text:
        """Return dates of birth of persons; NONE gives an empty text."""
        day = self.scene.people.born[np.maximum(person, 0)]
        low = int(day.min()) if len(day) else 0
        first = date(1970, 1, 1) + timedelta(days=low)
        span = int(day.max()) - low + 1 if len(day) else 1
        words = texts((first + timedelta(days=n)).isoformat() for n in range(span))
        return among(words, np.where(person == NONE, NONE, day - low))

    def address(self, household: Ints) -> Text:
        """Return addresses of homes."""
        street, door = household // DOORS, household % DOORS + 1
        count = len(self.names.streets)
        name = among(texts(self.names.streets.tolist()), street % count)
        part = street // count  # streets of one name in different parts of the county
        quarter = among(texts(["", ", North End", ", South End", ", Old Town", ", Newtown", ", The Green"]), part % 6)
        return joined(numbered(door), " ", name, quarter, ", ", self.area(self.scene.people.home_area[household]))

    def postcode(self, household: Ints) -> Text:
        """Return postcodes: one for each street, in an area of letters that is not in use."""
        street = household // DOORS
        letter = texts(_LETTERS.tolist())
        pair = joined(among(letter, street % 22), among(letter, street // 22 % 22))
        return joined("ZQ", numbered(1 + street // 4840), " ", numbered(street // 484 % 10), pair)

    def area(self, area: Ints) -> Text:
        """Return names of areas; NONE gives an empty text."""
        count = len(self.names.areas)
        words = [
            str(self.names.areas[n % count]) + (f" {n // count + 1}" if n >= count else "")
            for n in range(self.scene.force.areas)
        ]
        return among(texts(words), area)

    def plate(self, vehicle: Ints) -> Text:
        """Return registration marks, of a form that is never issued; takes numbers of vehicles."""
        n = (vehicle * 48_271 + 11) % (22**4 * 70)
        letter = texts(_LETTERS.tolist())
        age, rest = n % 70 + 1, n // 70
        last = joined(*(among(letter, rest // 22**k % 22) for k in range(3)))
        return joined("Q", among(letter, rest // 22**3 % 22), numbered(age, 2), " ", last)

    def search_words(self, subject: Ints, typed: Truths) -> Text:
        """Return what was typed to find the subjects, where a search was typed."""
        people = self.scene.people
        kind, person = people.kind(subject), people.person_of(subject)
        initial = padded(self.given_name(person), 1)
        name = lower(joined(self.family_name(person), " ", initial))
        plate = self.plate(np.where(kind == VEHICLE, subject - people.people, 0))
        place = self.address(np.where(kind == ADDRESS, people.home(subject), 0))
        words = where(kind == VEHICLE, plate, where(kind == ADDRESS, without(place, ","), name))
        return where(typed, words, "")

    def reference(self, matter: Ints, mistyped: Truths) -> Text:
        """Return the numbers of matters as typed: some with two digits swapped."""
        right = among(self.matters, matter)
        wrong = _swapped(right)
        return where(mistyped, wrong, right)

    def device(self, staff: Ints, session: Ints, mobile: Truths) -> Text:
        """Return devices: an own mobile, or one of the three terminals that a unit shares."""
        unit = self.scene.force.unit[staff]
        return where(mobile, joined("MOB-", among(self.collars, staff)), numbered(unit * 3 + session % 3, 4, "WS-"))

    def call_sign(self, staff: Ints, place: Ints) -> Text:
        """Return the call signs of crews, by the unit of the staff and the place of the crew in it."""
        force = self.scene.force
        unit, area = force.unit[staff], force.area[staff]
        codes = texts(str(code) for code in self.names.area_codes)
        local = joined(
            among(codes, np.where(area == NONE, NONE, area % len(codes))), numbered(force.units.team[unit] + 1)
        )
        head = where(area == NONE, joined(among(self.units, unit), "/"), local)
        return joined(head, numbered((place + 1) // 2))


def worded(scene: Scene, book: Book) -> Wording:
    """Return the words for a world."""
    stamps = Stamps(scene.roster.clock)
    collars = numbered(scene.force.number)
    return Wording(
        scene=scene,
        names=(names := Names()),
        stamps=stamps,
        matters=_numbers(book, stamps, names),
        logins=numbered(scene.force.number, 5, "wv"),
        collars=collars,
        units=texts(scene.force.units.name),
    )


def _swapped(numbers: Text) -> Text:
    """Return the numbers with the last two digits of their last number swapped, as a hand in a hurry types them."""
    wrong: Text = compute.replace_substring_regex(numbers, r"^(.*)(\d)(\d)(\D*\d{0,2})$", r"\1\3\2\4")
    return wrong


def _or_none(values: Ints, index: Ints) -> Ints:
    return np.where(index == NONE, NONE, values[np.maximum(index, 0)])


def _numbers(book: Book, stamps: Stamps, names: Names) -> Text:
    """Return the number of each matter: running within the day for incidents, within the year for the rest."""
    opened, kind = book.matters.opened, book.matters.kind
    order = np.lexsort((opened, kind))
    rank = np.empty(len(order), np.int64)
    starts = np.searchsorted(kind[order], np.arange(6))
    rank[order] = np.arange(len(order)) - starts[kind[order]]
    day = stamps.clock.day_of(opened)
    same = np.where(kind == INCIDENT, day, 10_000)
    by_day = np.lexsort((opened, same))
    first = np.searchsorted(same[by_day], same[by_day])
    daily = np.empty(len(order), np.int64)
    daily[by_day] = np.arange(len(order)) - first + 1
    year = stamps.date(opened, "%y")
    operation = among(texts(names.operations.tolist()), rank % len(names.operations))
    forms = {
        INCIDENT: joined("WV-", stamps.date(opened, "%Y%m%d"), "-", numbered(daily, 4)),
        CRIME: joined("WV/", numbered(8_000 + rank, 5), "/", year),
        CUSTODY: joined("CU/", numbered(1_500 + rank, 5), "/", year),
        CASE: joined("CASE/", numbered(400 + rank, 5)),
        OPERATION: joined("OP/", numbered(31 + rank, 4), " ", upper(operation)),
        INTELLIGENCE: joined("INT/", numbered(21_000 + rank, 6), "/", year),
    }
    result = texts([""] * len(kind))
    for each, form in forms.items():
        result = where(kind == each, form, result)
    return result
