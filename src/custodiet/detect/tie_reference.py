"""What ties mean where descriptions are held together word for word, in plain loops: the definition of the queries `tie_*.sql`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from custodiet.detect.likeness import jaro_winkler
from custodiet.detect.tie_spelling import Description, described
from custodiet.detect.ties import TieRules

FOR_EVER = datetime(9999, 12, 31)  # noqa: DTZ001 - instants in relations carry no zone marker
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, order=True)
class Tie:
    """A tie, as far as it can be told from word for word."""

    person: str
    subject: str
    nature: str
    valid_from: datetime
    valid_to: datetime
    probability: float


def ties(force: Rows, rules: TieRules) -> set[Tie]:
    """Return every tie between the staff and the subjects of a force; of several that differ in chance alone, the likeliest."""
    best: dict[tuple[str, str, str, datetime, datetime], float] = {}
    for tie in _Force(force, rules).ties():
        key = (tie.person, tie.subject, tie.nature, tie.valid_from, tie.valid_to)
        best[key] = max(best.get(key, 0.0), round(tie.probability, 6))
    return {Tie(*key, probability) for key, probability in best.items()}


class _Force:
    """A force's descriptions, and the questions that are asked of every pair of them."""

    def __init__(self, force: Rows, rules: TieRules) -> None:
        names = dict(rules.nicknames)
        self.rules, self.force = rules, force
        self.staff = [described("staff", row, names) for row in force.get("staff", ())]
        self.kin = [described("next_of_kin", row, names) for row in force.get("next_of_kin", ())]
        self.subjects = [described("subject", row, names) for row in force.get("subject", ())]
        self.himself = {(x.owner, s.owner) for x, s in self.both(self.staff) if _one_person(x, s)}

    def ties(self) -> Iterator[Tie]:
        yield from (self.tie(x, s, "same_person") for x, s in self.both(self.staff) if _one_person(x, s))
        yield from (self.tie(x, s, "next_of_kin") for x, s in self.both(self.kin) if _one_person(x, s))
        yield from self.of_homes()
        yield from (
            self.tie(x, s, "neighbour", self.next_door(x, s)) for x, s in self.strangers() if self.next_door(x, s)
        )
        yield from self.shared()
        yield from self.colleagues()
        for row in self.force.get("association", ()):
            yield Tie(row["person"], row["subject"], "declared", row["valid_from"], FOR_EVER, 1.0)

    def both(self, left: Sequence[Description]) -> Iterator[tuple[Description, Description]]:
        """Yield the pairs of descriptions that hold at one time."""
        for x in left:
            for s in self.subjects:
                if max(x.valid_from, s.valid_from) < min(x.valid_to, s.valid_to):
                    yield x, s

    def strangers(self) -> Iterator[tuple[Description, Description]]:
        yield from ((x, s) for x, s in self.both(self.staff) if (x.owner, s.owner) not in self.himself)

    @staticmethod
    def tie(x: Description, s: Description, nature: str, probability: float = 1.0) -> Tie:
        since, until = max(x.valid_from, s.valid_from), min(x.valid_to, s.valid_to)
        return Tie(x.owner, s.owner, nature, since, until, probability)

    def of_homes(self) -> Iterator[Tie]:
        for x in self.staff:
            for s in self.subjects:
                if (x.owner, s.owner) in self.himself or not _one_home(x, s) or self.is_crowded(s):
                    continue
                for tie in self.of_home(x, s):
                    yield tie
                    if tie.nature != "former_address" and s.surname in self.surnames(x) and s.surname is not None:
                        yield Tie(tie.person, tie.subject, "kin", tie.valid_from, tie.valid_to, self.kinship(s.surname))

    def of_home(self, x: Description, s: Description) -> Iterator[Tie]:
        since, until = max(x.valid_from, s.valid_from), min(x.valid_to, s.valid_to)
        left, gone = self.left_at(self.staff, x), self.left_at(self.subjects, s)
        if since < until:
            yield Tie(x.owner, s.owner, "household", since, until, 1.0)
            if min(left, gone) < FOR_EVER and s.kind == "person":
                yield Tie(x.owner, s.owner, "former_household", min(left, gone), FOR_EVER, 1.0)
        if max(left, since) < gone:
            yield Tie(x.owner, s.owner, "former_address", max(left, since), gone, 1.0)

    @staticmethod
    def left_at(descriptions: Sequence[Description], one: Description) -> datetime:
        """When the owner's last description at this door ends: whoever is described anew there has not moved."""
        return max(d.valid_to for d in descriptions if d.owner == one.owner and _home(d) == _home(one))

    def is_crowded(self, s: Description) -> bool:
        row = next(row for row in self.force["subject"] if row["fact"] == s.fact)
        here = {
            other["subject"]
            for other in self.force["subject"]
            if other.get("subject_kind") == "person" and _written(other) == _written(row) and _written(row)[0]
        }
        return len(here) > self.rules.crowd

    def surnames(self, x: Description) -> set[str | None]:
        return {d.surname for d in self.staff if d.owner == x.owner and d.valid_from <= x.valid_from}

    def kinship(self, surname: str) -> float:
        people = [s.surname for s in self.subjects if s.kind == "person" and s.surname is not None]
        share = max(people.count(surname) / len(people) if people else 0.0, 1e-6)
        kin = self.rules.kin_share
        return min(kin / (kin + (1 - kin) * share), 0.999999)

    def next_door(self, x: Description, s: Description) -> float:
        """Return the chance that the two homes are next to one another; 0 where they are not."""
        if x.postcode is None or s.postcode is None or x.number is None or s.number is None or _one_home(x, s):
            return 0.0
        if not x.street or not s.street or len(x.postcode) < 5 or len(s.postcode) < 5:
            return 0.0
        one_sector = x.postcode[:-2] == s.postcode[:-2]
        likely = x.postcode == s.postcode and jaro_winkler(x.street, s.street) >= 0.92
        apart = abs(x.number - s.number)
        other_flat = x.house == s.house and x.flat != s.flat
        other_property = x.uprn is not None and s.uprn is not None and x.uprn != s.uprn
        if not one_sector or apart > 2 or not (x.street == s.street or likely):
            return 0.0
        if not (apart > 0 or other_flat or other_property):
            return 0.0
        return 1.0 if x.street == s.street and x.postcode == s.postcode else self.rules.slip

    def shared(self) -> Iterator[Tie]:
        phones = [
            (d.side, d.owner, d.phone, d.valid_from, d.valid_to) for d in (*self.staff, *self.subjects) if d.phone
        ]
        for nature, held in (("shared_phone", phones), ("shared_vehicle", list(self.vehicles()))):
            for side, owner, value, since, until in held:
                bearers = {(a, b) for a, b, c, *_ in held if c == value}
                if side != "staff" or len(bearers) > self.rules.bearers:
                    continue
                for other_side, subject, other, begun, ended in held:
                    if other_side == "subject" and other == value and (owner, subject) not in self.himself:
                        start, end = max(since, begun), min(until, ended)
                        if start < end:
                            yield Tie(owner, subject, nature, start, end, 1.0)

    def vehicles(self) -> Iterator[tuple[str, str, str, datetime, datetime]]:
        rows = [("staff", row["person"], row.get("vehicle"), row) for row in self.force.get("staff", ())]
        rows += [("subject", row["subject"], row.get("vehicle"), row) for row in self.force.get("subject", ())]
        rows += [
            ("subject", row["subject"], row["identifier"], row)
            for row in self.force.get("subject_identifier", ())
            if row["scheme"].lower() == "vrm"
        ]
        for side, owner, written, row in rows:
            for mark in (written or "").split(";"):
                spelt = "".join(c for c in mark.upper() if c.isascii() and c.isalnum())
                if len(spelt) >= 2:
                    yield side, owner, spelt.replace("O", "0").replace("I", "1"), row["valid_from"], row["valid_to"]

    def colleagues(self) -> Iterator[Tie]:
        postings = self.force.get("posting", ())
        members = [self.tie(x, s, "colleague") for x, s in self.both(self.staff) if _one_person(x, s)]
        for member in members:
            for own in postings:
                for other in postings:
                    if own["unit"] != other["unit"] or own["person"] == other["person"]:
                        continue
                    if other["person"] != member.person:
                        continue
                    since = max(member.valid_from, own["valid_from"], other["valid_from"])
                    until = min(member.valid_to, own["valid_to"], other["valid_to"])
                    if since < until:
                        yield Tie(own["person"], member.subject, "colleague", since, until, 1.0)


def _one_person(x: Description, s: Description) -> bool:
    if s.kind != "person" or x.surname is None or x.forename is None:
        return False
    if (x.surname, x.forename) != (s.surname, s.forename):
        return False
    if x.date_of_birth is not None and s.date_of_birth is not None:
        return x.date_of_birth == s.date_of_birth
    return x.door is not None and x.door == s.door


def _one_home(x: Description, s: Description) -> bool:
    if x.door is not None and x.door == s.door:
        return True
    if x.uprn is not None and x.uprn == s.uprn:
        return True
    return x.premises is not None and x.premises == s.premises and (x.postcode is None or s.postcode is None)


def _home(one: Description) -> str | None:
    return one.door or one.premises or (one.uprn and f"UPRN {one.uprn}")


def _written(row: Mapping[str, Any]) -> tuple[str, str]:
    return (row.get("address") or "").strip().upper(), (row.get("postcode") or "").strip().upper()
