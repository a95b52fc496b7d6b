"""How far the miner goes, and what it must not exceed: every number that decides what is proposed, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one mining; the defaults are what the manual says."""

    longest: int = 4  # steps, and so relations, of a path
    per_actor: int = 20  # accesses of the residue sampled for each actor: nobody's habits fill the sample
    sampled: int = 20_000  # accesses of the residue sampled in all
    fakes: int = 5_000  # accesses of the run of which a fake of each family is made
    hub: int = 60  # keys that an access may reach by half a path; a half that reaches more is not followed for it
    fanout: int = 40  # people whom the same rows would excuse: the median of the sampled accesses may not exceed it
    swallowed: float = 0.01  # share of the misuse-like fakes that a proposal may match
    before: timedelta = timedelta(days=1)  # how long after an access an event of its path may still begin
    after: timedelta = timedelta(days=90)  # how long before an access it may have begun
    support: int = 20  # unexplained accesses that a proposal must match, of those that no better one matches
    considered: int = 30  # paths that are decorated and counted exactly
    filters: int = 2  # that a proposal may have
    proposed: int = 10  # proposals of one mining
    closing: float = 50.0  # likelihood ratio from which on a proposal may close an access by itself
