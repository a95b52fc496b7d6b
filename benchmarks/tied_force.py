"""An invented workforce and the people on record around it, with the true ties between them; for the benchmark of ties alone.

Everyone and everything is made up: surnames are put together from syllables, and how common each is falls off as real ones do.
Records carry what records carry: slips of the key, short forms of names, names from before a marriage, old addresses, missing
fields, namesakes, fathers and sons of one name, twins.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pyarrow as pa

from custodiet.relations.kinds import kind_named

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DOORS = 30  # homes in a street
AS_AT = dt.datetime(2026, 3, 1)  # noqa: DTZ001 - instants in relations carry no zone marker
FOR_EVER = dt.datetime(9999, 12, 31)  # noqa: DTZ001 - as above
#: How often a record errs, by the kind of error.
RATES = {
    "surname": 0.03,
    "forename": 0.02,
    "short_form": 0.06,
    "earlier_surname": 0.03,
    "birth": 0.02,
    "no_birth": 0.03,
    "house": 0.01,
    "street": 0.015,
    "abbreviated": 0.10,
    "postcode": 0.02,
    "no_phone": 0.40,
    "phone": 0.03,
    "stale_address": 0.20,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TiedForce:
    """The relations that ties are found in, and the truth: (person, subject) of each nature that holds at AS_AT."""

    relations: dict[str, pa.Table]
    truth: dict[str, set[tuple[str, str]]]


def invented(seed: int, *, staff: int, subjects: int) -> TiedForce:
    """Return an invented force of that size; equal seeds give equal forces."""
    return _Maker(np.random.default_rng(seed), staff, subjects).made()


class _Maker:
    def __init__(self, rng: np.random.Generator, staff: int, subjects: int) -> None:
        self.rng, self.staff, self.people = rng, staff, subjects
        self.truth: dict[str, set[tuple[str, str]]] = {}

    def made(self) -> TiedForce:
        self._settle()
        self._employ()
        self._describe_subjects()
        self._plant()
        return TiedForce(relations=self._relations(), truth=self.truth)

    def _settle(self) -> None:
        """People in households along streets: a family of one surname, with some lodgers and stepchildren among them."""
        rng, n = self.rng, self.people
        sizes = rng.choice([1, 2, 2, 3, 3, 4, 5], n // 2 + 10)
        home = np.repeat(np.arange(len(sizes)), sizes)[:n]
        self.home, self.homes = home, int(home[-1]) + 1
        first = np.searchsorted(home, np.arange(self.homes + 1))
        self.first = first
        self.place = np.arange(n) - first[home]
        self.surnames = _surnames(rng, 30_000)
        weight = 1.0 / (np.arange(len(self.surnames)) + 12.0)
        weight /= weight.sum()
        family = rng.choice(len(self.surnames), self.homes, p=weight)
        own = rng.choice(len(self.surnames), n, p=weight)
        chance = rng.random(n)
        self.is_lodger = (self.place > 0) & (chance < 0.08)
        is_step = (self.place > 1) & (chance > 0.96)
        is_partner = (self.place == 1) & (chance > 0.85)  # unmarried: a household, and no surname in common
        apart = self.is_lodger | is_step | is_partner
        self.is_kin = ~self.is_lodger & ~is_partner  # a stepchild is kin, and no record says so
        self.surname = np.where(apart, own, family[home])
        self.maiden = rng.choice(len(self.surnames), n, p=weight)
        forenames = _column("forenames")
        self.forenames = np.array([name.upper() for name in forenames])
        popular = 1.0 / (np.arange(len(forenames)) + 8.0)
        self.forename = rng.choice(len(forenames), n, p=popular / popular.sum())
        age = np.where(self.place < 2, rng.uniform(19, 88, n), rng.uniform(0, 24, n))
        self.born = np.datetime64("2026-03-01") - (age * 365.25).astype("timedelta64[D]")
        heir = np.flatnonzero((self.place == 2) & (rng.random(n) < 0.02) & ~apart)  # father and son of one name
        self.forename[heir] = self.forename[first[home[heir]]]
        twin = np.flatnonzero((self.place == 3) & (rng.random(n) < 0.02) & ~apart)
        self.born[twin] = self.born[twin - 1]
        streets = np.array([name.upper() for name in _column("streets")])
        street = np.arange(self.homes) // DOORS
        self.street_name = streets[(street * 7919) % len(streets)]
        self.town = np.array([name.upper() for name in _column("areas", 1)])[(street // 40) % 26]
        self.number = np.arange(self.homes) % DOORS + 1
        self.postcode = _postcodes(street)
        self.phone = rng.integers(10**8, 10**9, n)

    def _employ(self) -> None:
        """Members of the workforce are grown people, one to a household; a third moved house, some married since they joined."""
        rng = self.rng
        adult = np.flatnonzero(self.place == 0)
        self.member = rng.choice(adult, self.staff, replace=False)
        self.moved = rng.random(self.staff) < 0.35
        self.old_home = np.where(self.moved, rng.integers(0, self.homes, self.staff), -1)
        self.moved_at = np.datetime64("2016-01-01") + rng.integers(0, 3400, self.staff)
        self.joined = np.datetime64("2006-01-01") + rng.integers(0, 3000, self.staff)
        self.married = rng.random(self.staff) < 0.12
        self.unit = rng.integers(0, max(1, self.staff // 10), self.staff)
        self.on_record = rng.random(self.staff) < 0.5

    def _describe_subjects(self) -> None:
        """What the records say of each person: right in the main, with every sort of slip in some."""
        n, rng = self.people, self.rng
        chance = {name: rng.random(n) < rate for name, rate in RATES.items()}
        gone = np.zeros(n, np.bool_)
        gone[self.member[~self.on_record]] = True
        surname, forename = self.surnames[self.surname], self.forenames[self.forename]
        earlier = chance["earlier_surname"]
        earlier[self.member[self.married & (rng.random(self.staff) < 0.5)]] = True
        surname = np.where(earlier, self.surnames[self.maiden], surname)
        where = np.where(chance["stale_address"], rng.integers(0, self.homes, n), self.home)
        number = self.number[where].astype("U6")
        street, postcode = self.street_name[where], self.postcode[where]
        birth = np.datetime_as_string(self.born, unit="D")
        phone = np.char.add("07", self.phone.astype("U10"))
        self.where = where
        columns = {
            "surname": surname.astype(object),
            "forename": forename.astype(object),
            "number": number.astype(object),
            "street": street.astype(object),
            "postcode": postcode.astype(object),
            "birth": birth.astype(object),
            "phone": phone.astype(object),
        }
        for name, slip in (
            ("surname", self._slip),
            ("forename", self._slip),
            ("street", self._slip),
            ("postcode", self._digit),
            ("birth", self._date),
            ("phone", self._digit),
        ):
            for row in np.flatnonzero(chance[name]):
                columns[name][row] = slip(columns[name][row])
        for row in np.flatnonzero(chance["house"]):
            columns["number"][row] = str(max(1, int(columns["number"][row]) + int(rng.choice([-10, 10, 7]))))
        short = dict(_short_forms())
        for row in np.flatnonzero(chance["short_form"]):
            columns["forename"][row] = short.get(columns["forename"][row], columns["forename"][row])
        for row in np.flatnonzero(chance["abbreviated"]):
            columns["street"][row] = _abbreviated(columns["street"][row])
        columns["birth"][chance["no_birth"]] = None
        columns["phone"][chance["no_phone"]] = None
        self.columns, self.gone = columns, gone
        self.since = np.datetime64("2012-01-01") + rng.integers(0, 5000, n)
        self.named = np.char.add("N", (np.arange(n) + 1_000_000).astype("U9"))
        self.collar = np.char.add("", (np.arange(self.staff) + 10_000).astype("U6"))

    def _slip(self, text: str) -> str:
        """Return the text with one letter wrong, missing, twice or out of turn."""
        rng = self.rng
        at, kind = int(rng.integers(1, max(2, len(text) - 1))), int(rng.integers(0, 4))
        if kind == 0:
            return text[:at] + LETTERS[int(rng.integers(0, 26))] + text[at + 1 :]
        if kind == 1:
            return text[:at] + text[at + 1 :]
        if kind == 2:
            return text[:at] + text[at - 1] + text[at:]
        return text[: at - 1] + text[at : at + 1] + text[at - 1 : at] + text[at + 1 :]

    def _digit(self, text: str) -> str:
        """Return the text with one of its digits or letters changed for another of its sort."""
        at = int(self.rng.integers(0, len(text)))
        sort = LETTERS if text[at].isalpha() else "0123456789"
        return text if text[at] == " " else text[:at] + sort[int(self.rng.integers(0, len(sort)))] + text[at + 1 :]

    def _date(self, text: str) -> str:
        """Return the date with a digit wrong, or day and month changed over where that is a date."""
        year, month, day = text.split("-")
        if self.rng.random() < 0.4 and int(day) <= 12:
            return f"{year}-{day}-{month}"
        return f"{year}-{month}-{day[0]}{int(self.rng.integers(1, 9))}"

    def _plant(self) -> None:
        """Ties that no address shows: telephones, vehicles and next of kin; then the truth of every nature."""
        rng, count = self.rng, self.staff
        lover = np.flatnonzero(rng.random(count) < 0.08)
        self._tie("shared_phone", lover, self._strangers(len(lover)))
        for who, subject in self.pairs["shared_phone"]:
            wrong = rng.random() < RATES["phone"]
            number = f"07{self.phone[self.member[who]]}"
            self.columns["phone"][subject] = self._digit(number) if wrong else number
        keeper = np.flatnonzero(rng.random(count) < 0.08)
        self._tie("shared_vehicle", keeper, self._strangers(len(keeper)))
        family = np.flatnonzero(rng.random(count) < 0.30)
        kin = self._strangers(len(family))
        housed = rng.random(len(family)) < 0.5
        spouse = np.minimum(self.member[family] + 1, self.people - 1)
        at_home = housed & (self.home[spouse] == self.home[self.member[family]])
        self._tie("next_of_kin", family, np.where(at_home, spouse, kin))
        self._tell()

    def _strangers(self, count: int) -> np.ndarray:
        grown = np.flatnonzero((self.place < 2) & ~self.gone & ~np.isin(np.arange(self.people), self.member))
        return self.rng.choice(grown, count, replace=False)

    def _tie(self, nature: str, who: np.ndarray, subject: np.ndarray) -> None:
        if not hasattr(self, "pairs"):
            self.pairs: dict[str, list[tuple[int, int]]] = {}
        self.pairs[nature] = list(zip(who.tolist(), subject.tolist(), strict=True))

    def _tell(self) -> None:
        """The truth, from where people are recorded to live: a record at an old address shows no tie to the new one."""
        truth: dict[str, set[tuple[int, int]]] = {name: set(pairs) for name, pairs in self.pairs.items()}
        for name in ("same_person", "household", "kin", "neighbour", "former_address", "former_household", "colleague"):
            truth[name] = set()
        order = np.argsort(self.where, kind="stable")
        ordered = self.where[order]
        self.ends = np.searchsorted(ordered, np.arange(self.homes + 1))
        self.living = order
        for who in range(self.staff):
            self._tell_one(who, truth)
        units: dict[int, list[int]] = {}
        for who in range(self.staff):
            units.setdefault(int(self.unit[who]), []).append(who)
        for team in units.values():
            truth["colleague"] |= {(a, int(self.member[b])) for a in team for b in team if a != b and self.on_record[b]}
        self.truth = {
            name: {
                (str(self.collar[who]), str(self.named[subject])) for who, subject in pairs if not self.gone[subject]
            }
            for name, pairs in truth.items()
        }

    def _tell_one(self, who: int, truth: dict[str, set[tuple[int, int]]]) -> None:
        me, home = int(self.member[who]), int(self.home[self.member[who]])
        if self.on_record[who]:
            truth["same_person"].add((who, me))
        for other in self._at(home, me):
            truth["household"].add((who, other))
            if self.home[other] == home and self.is_kin[other] and self.is_kin[me]:
                truth["kin"].add((who, other))
        for step in (-2, -1, 1, 2):
            beside = home + step
            if 0 <= beside < self.homes and beside // DOORS == home // DOORS:
                truth["neighbour"] |= {(who, other) for other in self._at(beside, me)}
        if self.moved[who]:
            for other in self._at(int(self.old_home[who]), me):
                truth["former_address"].add((who, other))
                if self.since[other] < self.moved_at[who]:
                    truth["former_household"].add((who, other))

    def _at(self, home: int, me: int) -> list[int]:
        return [int(p) for p in self.living[self.ends[home] : self.ends[home + 1]] if p != me]

    def _relations(self) -> dict[str, pa.Table]:
        tables = {
            "staff": self._staff_rows(),
            "next_of_kin": self._next_of_kin(),
            "subject": self._subject_rows(),
            "posting": [
                {"person": str(self.collar[who]), "unit": f"U{self.unit[who]}", "valid_from": _at(self.joined[who])}
                for who in range(self.staff)
            ],
            "association": [],
            "subject_identifier": [],
        }
        return {
            name: rows if isinstance(rows, pa.Table) else table_of(name, rows, first=3_000_000 * place)
            for place, (name, rows) in enumerate(tables.items())
        }

    def _staff_rows(self) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for who in range(self.staff):
            me = int(self.member[who])
            now = self._of_member(who, int(self.home[me]))
            since = self.joined[who]
            if self.moved[who]:
                before = self._of_member(who, int(self.old_home[who]))
                if self.married[who]:
                    before["surname"] = self.surnames[self.maiden[me]]
                begun = min(since, self.moved_at[who] - np.timedelta64(400, "D"))
                rows.append({**before, "valid_from": _at(begun), "valid_to": _at(self.moved_at[who])})
                since = self.moved_at[who]
            rows.append({**now, "valid_from": _at(since)})
        return rows

    def _of_member(self, who: int, home: int) -> dict[str, object]:
        me = int(self.member[who])
        return {
            "person": str(self.collar[who]),
            "employment": "officer",
            "rank": "PC",
            "surname": self.surnames[self.surname[me]],
            "forename": self.forenames[self.forename[me]],
            "date_of_birth": str(self.born[me]),
            "address": f"{self.number[home]} {self.street_name[home]}, {self.town[home]}",
            "postcode": str(self.postcode[home]),
            "phone": f"+44 7{self.phone[me]!s}",
            "vehicle": f"QB{who % 90 + 10:02} {LETTERS[who // 90 % 26]}{LETTERS[who // 2340 % 26]}Q",
        }

    def _next_of_kin(self) -> list[dict[str, object]]:
        rows = []
        for who, subject in self.pairs["next_of_kin"]:
            home = int(self.home[subject])
            surname = str(self.surnames[self.surname[subject]])
            rows.append(
                {
                    "person": str(self.collar[who]),
                    "relationship": "spouse",
                    "surname": self._slip(surname) if self.rng.random() < RATES["surname"] else surname,
                    "forename": self.forenames[self.forename[subject]],
                    "date_of_birth": str(self.born[subject]) if self.rng.random() < 0.5 else None,
                    "address": f"{self.number[home]} {self.street_name[home]}, {self.town[home]}",
                    "postcode": str(self.postcode[home]),
                    "phone": f"07{self.phone[subject]}",
                    "valid_from": _at(self.joined[who]),
                }
            )
        return rows

    def _subject_rows(self) -> pa.Table:
        c, kept = self.columns, ~self.gone
        marks = np.full(self.people, None, object)
        for who, subject in self.pairs["shared_vehicle"]:
            marks[subject] = str(self._of_member(who, 0)["vehicle"]).replace(" ", "")
        address = np.array(
            [f"{n} {s}, {t}" for n, s, t in zip(c["number"], c["street"], self.town[self.where], strict=True)], object
        )
        count = int(kept.sum())
        given = {
            "subject": pa.array(self.named[kept]),
            "subject_kind": pa.array(np.full(count, "person")),
            "surname": pa.array(c["surname"][kept], pa.string()),
            "forename": pa.array(c["forename"][kept], pa.string()),
            "date_of_birth": pa.array(c["birth"][kept], pa.string()),
            "address": pa.array(address[kept], pa.string()),
            "postcode": pa.array(c["postcode"][kept], pa.string()),
            "phone": pa.array(c["phone"][kept], pa.string()),
            "vehicle": pa.array(marks[kept], pa.string()),
            "fact": pa.array(np.arange(count, dtype=np.int64) + 10_000_000),
            "valid_from": pa.array(self.since[kept].astype("datetime64[us]")),
            "valid_to": pa.array(np.full(count, np.datetime64("9999-12-31", "us"))),
        }
        columns = kind_named("subject").relation.columns
        return pa.table(
            {column.name: given.get(column.name, pa.nulls(count, _ARROW[column.type.value])) for column in columns}
        )


_ARROW = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "TIMESTAMP": pa.timestamp("us")}


def table_of(kind: str, rows: list[dict[str, object]], *, first: int = 0) -> pa.Table:
    """Return rows as the relation of a kind of fact, numbered from `first`; what is not given is absent."""
    columns = kind_named(kind).relation.columns
    filled = [{"fact": first + n, "valid_to": FOR_EVER, "source": "invented", **row} for n, row in enumerate(rows)]
    return pa.table({c.name: pa.array([row.get(c.name) for row in filled], _ARROW[c.type.value]) for c in columns})


def _at(day: np.datetime64) -> dt.datetime:
    found = day.astype("datetime64[us]").item()
    assert isinstance(found, dt.datetime)
    return found


def _column(name: str, column: int = 0) -> list[str]:
    text = files("custodiet.simulator").joinpath("names", f"{name}.csv").read_text(encoding="utf-8")
    return [row[column] for row in list(csv.reader(text.splitlines()))[1:]]


def _short_forms() -> list[tuple[str, str]]:
    """Return (name, short form) pairs of the pack's list, each name once."""
    text = files("custodiet.packs").joinpath("uk_police", "ties", "nicknames.csv").read_text(encoding="utf-8")
    return [(root, name) for name, root in list(csv.reader(text.splitlines()))[1:]]


def _surnames(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return distinct invented surnames, put together from syllables."""
    onsets = [
        "B",
        "BR",
        "C",
        "CH",
        "D",
        "F",
        "FL",
        "G",
        "H",
        "K",
        "L",
        "M",
        "N",
        "P",
        "R",
        "S",
        "SH",
        "ST",
        "T",
        "TH",
        "W",
    ]
    vowels, ends = ["A", "E", "I", "O", "U", "EA", "OO"], ["", "L", "N", "R", "S", "T", "CK", "ND", "RD"]
    lasts = ["FORD", "LEY", "TON", "WELL", "BY", "COMBE", "HAM", "WORTH", "ING", "SON", "ER", "MAN", "DEN", "STOCK"]
    found: dict[str, None] = {}
    while len(found) < count:
        first = [onsets[rng.integers(len(onsets))], vowels[rng.integers(7)], ends[rng.integers(9)]]
        second = [onsets[rng.integers(21)].lower().upper(), vowels[rng.integers(7)]] if rng.random() < 0.5 else []
        found["".join([*first, *second, lasts[rng.integers(14)]])] = None
    return np.array(list(found))


def _postcodes(street: np.ndarray) -> np.ndarray:
    """Return a postcode for each street: a district for 260 of them, one of ten sectors for 26."""
    letters = np.array(list("ABDEFGHJLN"))
    area, within = street // 2600, street % 2600
    sector, unit = within // 260, within % 260
    outward = np.char.add(np.char.add("Z", np.array(list(LETTERS))[area % 26]), (within // 26 % 10 + 1).astype("U3"))
    inward = np.char.add(np.char.add(sector.astype("U1"), letters[unit // 26 % 10]), np.array(list(LETTERS))[unit % 26])
    return np.char.add(np.char.add(outward, " "), inward)


def _abbreviated(street: str) -> str:
    short = {"STREET": "ST", "ROAD": "RD", "AVENUE": "AVE", "LANE": "LN", "DRIVE": "DR", "CLOSE": "CL", "COURT": "CT"}
    name, _, last = street.rpartition(" ")
    return f"{name} {short.get(last, last)}"
