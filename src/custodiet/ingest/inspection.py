"""What an inspection of a delivered file found, before anybody said what its fields mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from custodiet.ingest.reading import Reading


class Looks(StrEnum):
    """What the texts of a field look like."""

    EMPTY = "empty"
    TIME = "time"  # a day and a time of day
    DAY = "day"
    CLOCK = "clock"  # a time of day without a day
    STAFF_NUMBER = "staff_number"
    CODE = "code"  # few distinct short texts
    NUMBER = "number"
    IDENTIFIER = "identifier"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenField:
    """A field of the file: what it holds in the records that were looked at."""

    name: str
    looks: Looks
    samples: tuple[str, ...] = ()  # the first distinct texts
    given: int = 0  # records in which it holds something
    distinct: int = 0
    formats: tuple[str, ...] = ()  # formats of time that fit every text, the likeliest first
    codes: tuple[str, ...] = ()  # all texts of a code, the commonest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """How a file can be cut, what its fields look like, and what a person should look at."""

    name: str
    reading: Reading
    fields: tuple[SeenField, ...]
    records: int  # records that were looked at
    unreadable: int = 0  # of which could not be cut
    notes: tuple[str, ...] = ()  # suspicions, each a sentence

    def field(self, name: str) -> SeenField | None:
        """Return the field of that name, or None."""
        for field in self.fields:
            if field.name == name:
                return field
        return None
