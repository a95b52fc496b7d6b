"""Halves of paths: what is reached from the actor in at most two steps, and from the subject in at most two.

A path of n steps is cut after n // 2 of them, so that each path has one pair of halves and each half is walked once for
all paths that it is part of: two frontiers of two steps meet in the middle, where one of four steps would fan out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from custodiet_mining.domains import Domain
from custodiet_mining.path import Path, Step
from custodiet_mining.schema_graph import LONGEST, walks, walks_back


class Side(StrEnum):
    """From which end of a path its half is walked."""

    ACTOR = "actor"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True, order=True)
class Half:
    """Steps from one end, in the order from actor to subject."""

    side: Side
    steps: tuple[Step, ...]

    @property
    def meets(self) -> Domain:
        """Return the domain of the keys at which it meets the other half."""
        if self.side is Side.ACTOR:
            return self.steps[-1].leaves if self.steps else Domain.PERSON
        return self.steps[0].enters if self.steps else Domain.SUBJECT

    @property
    def before(self) -> Half:
        """Return the half that it goes one step farther than."""
        return Half(self.side, self.steps[:-1] if self.side is Side.ACTOR else self.steps[1:])

    @property
    def last(self) -> Step:
        """Return the step by which it goes farther."""
        return self.steps[-1] if self.side is Side.ACTOR else self.steps[0]

    @property
    def taken(self) -> str:
        """Return the column of the last step that the half before leads to."""
        return self.last.entry if self.side is Side.ACTOR else self.last.exit

    @property
    def given(self) -> str:
        """Return the column of the last step whose values it reaches."""
        return self.last.exit if self.side is Side.ACTOR else self.last.entry

    @property
    def name(self) -> str:
        """Return a name that stands for it alone."""
        return " > ".join((self.side.value, *(str(step) for step in self.steps)))


def halves(longest: int = LONGEST) -> Iterator[Half]:
    """Yield the halves of which paths of up to `longest` steps are made, each after the one that it goes on from."""
    for length in range(longest // 2 + 1):
        yield from (Half(Side.ACTOR, walk) for walk in walks(Domain.PERSON, length))
    for length in range((longest + 1) // 2 + 1):
        yield from (Half(Side.SUBJECT, walk) for walk in walks_back(Domain.SUBJECT, length))


def joined(first: Half, second: Half) -> Path | None:
    """Return the path of two halves, or None where it is cut elsewhere or they do not meet."""
    total = len(first.steps) + len(second.steps)
    if len(first.steps) != total // 2 or not second.steps or first.meets is not second.meets:
        return None
    return Path(first.steps + second.steps)
