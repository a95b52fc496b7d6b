"""A process log as columns: who did what on which case and when, with the names put aside."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: In a column of numbers: nothing is known here.
ABSENT = -1


def _numbers() -> array[int]:
    return array("q")


@dataclass(slots=True, kw_only=True)
class ProcessLog:
    """Events in the order of the file. Columns hold numbers that stand for names; ABSENT where the file says nothing.

    `known` is the instant from which an event may count as earlier than another: its own, or for an event of which only
    the day is known the end of that day. Both are UTC microseconds.
    """

    cases: Sequence[str]
    activities: Sequence[str]
    actors: Sequence[str]
    teams: Sequence[str]
    case: array[int] = field(default_factory=_numbers)
    activity: array[int] = field(default_factory=_numbers)
    actor: array[int] = field(default_factory=_numbers)
    team: array[int] = field(default_factory=_numbers)
    at: array[int] = field(default_factory=_numbers)
    known: array[int] = field(default_factory=_numbers)
    #: Attribute of the case: for each case the number of its value, or ABSENT.
    attributes: Mapping[str, array[int]] = field(default_factory=dict)
    #: Attribute of the case: for each case the actor whom its value names, or ABSENT.
    naming: Mapping[str, array[int]] = field(default_factory=dict)
    #: Whether the attributes stand on the case itself, and not on one of its events.
    attributes_of_case: bool = False
    #: Actors that are no people.
    machines: Mapping[int, str] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self.case)
