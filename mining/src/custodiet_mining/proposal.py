"""What the miner proposes, and what it does not and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from custodiet.explain.template import Template
from custodiet_mining.candidate import Candidate
from custodiet_mining.weighing import Weighed


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """A source that accesses rest on by this path: how many of those matched rest on a row of it."""

    relation: str
    source: str
    accesses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week of the run, from Monday (UTC): accesses of the residue in it, and how many of them are matched."""

    begins: date
    residue: int
    matched: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A candidate that is put to people, with all that was measured of it."""

    candidate: Candidate
    template: Template
    weighed: Weighed  # on the sample and the fakes
    support: int  # accesses of the whole residue that it matches
    adds: int  # of these, accesses that no better proposal of this mining matches
    would_close: int  # of these, accesses whose strength by this template alone reaches `explained`
    score: float
    fanout: Mapping[int, int]  # people whom the same rows would excuse -> accesses, of those that were probed
    weeks: Sequence[Week]
    trusts: Sequence[Trusted]

    @property
    def closes(self) -> bool:
        """Tell whether its draft is strong enough to explain an access alone."""
        return self.would_close > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A path that was considered and is not proposed."""

    path: str
    support: int  # in the sample
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mined:
    """The outcome of one mining."""

    residue: int  # unexplained accesses of the run
    sampled: int  # of which looked at for the search
    pool: Mapping[str, int]  # by family
    walked: int  # paths that lead at least one access from its actor to its subject
    proposals: Sequence[Proposal]
    dropped: Sequence[Dropped]


def median(counts: Mapping[int, int]) -> int:
    """Return the lower median of values that are given with how often each occurs; 0 where there is none."""
    half, seen = (sum(counts.values()) + 1) // 2, 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= half:
            return value
    return 0
