"""A candidate: a path with the window and the filters that were learned for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from math import log

from custodiet.explain.template import Filter
from custodiet_mining.path import Path
from custodiet_mining.schema_graph import steps

#: Nats that a value of a filter costs, and a bound of a window.
_VALUE = log(16)
_BOUND = log(16)


@dataclass(frozen=True, slots=True)
class Lag:
    """The access lies from `start` (may be below zero: before the event) until `until` after the event's beginning."""

    start: timedelta
    until: timedelta


@dataclass(frozen=True, slots=True, order=True)
class Sieve:
    """A filter on the step at that place (from 0)."""

    place: int
    column: str
    values: tuple[str, ...]

    @property
    def filter(self) -> Filter:
        """Return it as a template has it."""
        return Filter(column=self.column, values=self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A path, as far as it was decorated."""

    path: Path
    lag: Lag | None = None  # of the path's anchor; None: as wide as events are looked for
    sieves: tuple[Sieve, ...] = ()

    @property
    def complexity(self) -> float:
        """Return the nats in which it can be written down: a choice among all steps for each, then bounds and values."""
        bounds = 2 * _BOUND if self.lag else 0.0
        values = sum(len(sieve.values) + 1 for sieve in self.sieves) * _VALUE
        return len(self.path.steps) * log(len(steps())) + bounds + values

    def within(self, lag: Lag) -> Candidate:
        """Return it with that window."""
        return replace(self, lag=lag)

    def sieved(self, sieve: Sieve) -> Candidate:
        """Return it with that filter besides."""
        return replace(self, sieves=tuple(sorted((*self.sieves, sieve))))
