"""Trials: real and fake accesses, each with what a pack found for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custodiet.explain.fakes import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How many real accesses are taken, by which seed, and of which families fakes are made from them."""

    count: int
    seed: str
    families: Sequence[Family]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One access that was tried: whether it is the first of its actor and subject, and the strength of each match."""

    first: bool
    matches: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fakes:
    """The fakes of one family: how many could be drawn, and those kept because nobody had really made them."""

    family: Family
    drawn: int
    kept: Mapping[int, Trial]  # by the real access that each was made from


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """What a pack found for the sampled real accesses and for the fakes made from them."""

    real: Mapping[int, Trial]
    fakes: Sequence[Fakes]
    ties: Mapping[str, int]  # pairs of actor and subject, by the nature of their tie
