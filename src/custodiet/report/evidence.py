"""What the page of an evidence bundle is made from: the records as shown, what backs them, and what a list rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from custodiet.report.wording import number


class Sight(StrEnum):
    """What a bundle does with a group of an entry's fields."""

    SHOWN = "shown"
    WITHHELD = "withheld"  # committed to; could be shown
    ERASED = "erased"  # committed to; nobody can show it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One recorded value."""

    column: str
    meaning: str
    text: str
    at: datetime | None = None  # where the value is an instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group of an entry's fields."""

    name: str
    sight: Sight
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One entry that the bundle is about."""

    index: int
    typ: str
    groups: tuple[Group, ...]  # none for an entry that is open
    text: str  # the entry itself
    original: bool  # whether the record's bytes are in the folder

    def value(self, column: str) -> Value | None:
        """Return the value of a column, if it is shown."""
        return next((value for group in self.groups for value in group.values if value.column == column), None)

    def text_of(self, column: str) -> str:
        """Return the value's text, or a dash."""
        value = self.value(column)
        return "–" if value is None else value.text


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTold:
    """A delivery whose record is in the bundle: received = accepted + duplicate + quarantined."""

    index: int
    name: str
    source: str
    received: int
    accepted: int
    duplicate: int
    quarantined: int
    missing: int  # running numbers that the source skipped
    silences: int  # spans longer than the source's rhythm without a record


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """What the list of one actor's accesses rests on."""

    actor: str
    start: datetime
    end: datetime
    listed: int
    accesses: int
    searched: int
    waiting: int
    whole: bool  # whether all entries of the log are in the folder, so that anyone can count them


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePage:
    """Everything that the page says."""

    organisation: str
    invented: bool
    zone: str
    code: str  # version of the software
    made_at: datetime
    origin: str
    size: int
    root: str
    key: str
    mark: str  # what to read aloud to compare the key
    witnesses: tuple[str, ...]  # a quorum of the policy, by their names in it; none: UNWITNESSED
    too_few: tuple[str, ...] = ()  # witnesses that cosigned and are no quorum
    records: tuple[Record, ...]
    deliveries: tuple[DeliveryTold, ...] = ()
    span: tuple[int, int] | None = None
    completeness: Completeness | None = None

    @property
    def title(self) -> str:
        """Return what the page is about, without a name."""
        if self.completeness is not None:
            return f"Accesses by {self.completeness.actor} in a period"
        if len(self.records) == 1:
            return f"Entry {number(self.records[0].index)} of the log"
        if self.records:
            return f"{len(self.records)} entries of the log"
        first, end = self.span or (0, 0)
        return f"Entries {number(first)} to {number(end - 1)} of the log"

    @property
    def withheld(self) -> tuple[str, ...]:
        """Return the groups that the bundle withholds of any entry."""
        return self._of(Sight.WITHHELD)

    @property
    def erased(self) -> tuple[str, ...]:
        """Return the groups that were erased from any entry."""
        return self._of(Sight.ERASED)

    def _of(self, sight: Sight) -> tuple[str, ...]:
        return tuple(dict.fromkeys(g.name for record in self.records for g in record.groups if g.sight is sight))


def mark_of(digest: str) -> str:
    """Return the first 128 bits of a digest in hex as groups of four, for reading aloud."""
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))
