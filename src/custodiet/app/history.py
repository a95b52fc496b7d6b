"""What was known when: what each audit said of one access or finding, and what changed it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from custodiet.app.comparing import ChangeTold, Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class StateThen:
    """What an audit, and those after it that said the same, said of one access."""

    first: Compared
    looked_back: bool  # the first was made when more was known already
    audits: int  # how many in a row said this
    state: str
    strength: float
    template: str | None
    sentence: str | None  # what changed it since the audit before; None for the first, and where it cannot be told


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingThen:
    """What an audit, and those after it that said the same, said of the accesses of one finding."""

    first: Compared
    looked_back: bool
    audits: int
    finding: str | None  # the name that it had in the queue then; None where it was not there
    score: int | None
    accesses: int
    explained: int
    weak: int
    pending: int
    unexplained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingHistory:
    """A finding in the audits so far, and since when which of its accesses are re-opened."""

    then: Sequence[FindingThen] = ()
    reopened_since: Compared | None = None  # the audit that found accesses in it explained no more
    reopened: Sequence[ChangeTold] = ()


#: Of a finding of which nothing was said before.
NO_HISTORY = FindingHistory()

Then = TypeVar("Then", StateThen, FindingThen)


def in_spells(each: Sequence[Then], same: Callable[[Then], object]) -> list[Then]:
    """Return the first of those in a row that say the same, each with how many they are."""
    spells: list[Then] = []
    for one in each:
        if spells and same(spells[-1]) == same(one):
            spells[-1] = replace(spells[-1], audits=spells[-1].audits + 1)
        else:
            spells.append(one)
    return spells
