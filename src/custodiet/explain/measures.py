"""What a pack explains of real and of fake accesses, counted: coverage, precision, and the worth of each template.

Pure arithmetic over trials, one for each access. It is the definition and what runs: a sample is small.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custodiet.explain.pack import Pack
from custodiet.explain.settling import settled
from custodiet.explain.trials import Trial


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


def share(part: int, whole: int) -> Interval:
    """Return a share with Wilson's interval (Wilson, JASA 22, 1927); of nothing, nothing is known."""
    if whole == 0:
        return Interval(0.0, 0.0, 1.0)
    z2, p = _Z * _Z, part / whole
    centre = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    return Interval(p, min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half)))


def ratio(part: int, whole: int, other_part: int, other_whole: int) -> Interval:
    """Return the ratio of two shares, smoothed, with the interval of its logarithm (Katz et al., Biometrics 34, 1978).

    Half a case is added to each part and one to each whole, so that none is infinite and few cases make a wide interval.
    """
    a, n, b, m = part + 0.5, whole + 1.0, other_part + 0.5, other_whole + 1.0
    value = (a / n) / (b / m)
    spread = math.exp(_Z * math.sqrt(max(0.0, 1 / a - 1 / n + 1 / b - 1 / m)))
    return Interval(value, value / spread, value * spread)


_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Weighing:
    """How a pack weighs matches: the group of each template in force, and the strength from which an access is explained.

    A template in shadow has no group here: it matches, and adds to no strength.
    """

    groups: Mapping[str, str]
    threshold: float

    @classmethod
    def of(cls, pack: Pack) -> Weighing:
        """Return the weighing of the pack."""
        return cls({one.id: one.evidence_group for one in pack.templates if one.in_force}, pack.thresholds.explained)

    def explains(self, matches: Mapping[str, float], without: str | None = None) -> bool:
        """Tell whether the matches, but for those of one template, reach the threshold together."""
        strongest: dict[str, float] = {}
        for template, strength in matches.items():
            group = self.groups.get(template)
            if template != without and group is not None:
                strongest[group] = max(strength, strongest.get(group, 0.0))
        doubt = 1.0
        for group in sorted(strongest):
            doubt *= 1.0 - strongest[group]
        return settled(1.0 - doubt) >= self.threshold

    def carried(self, matches: Mapping[str, float]) -> list[str]:
        """Return the templates without which the access would not be explained."""
        if not self.explains(matches):
            return []
        return [template for template in matches if not self.explains(matches, without=template)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the real accesses is explained."""

    accesses: int
    explained: int
    first: int
    first_explained: int

    @property
    def all(self) -> Interval:
        """Return the share of all accesses that is explained."""
        return share(self.explained, self.accesses)

    @property
    def of_first(self) -> Interval:
        """Return the share of first accesses that is explained."""
        return share(self.first_explained, self.first)


def coverage(real: Sequence[Trial], weighing: Weighing) -> Coverage:
    """Return how many of the real accesses, and of those that are the first of their pair, are explained."""
    explained = [trial for trial in real if weighing.explains(trial.matches)]
    return Coverage(
        accesses=len(real),
        explained=len(explained),
        first=sum(trial.first for trial in real),
        first_explained=sum(trial.first for trial in explained),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """The fakes of one family against the real accesses that they were made from, so many of one as of the other."""

    kept: int
    real_explained: int
    fake_explained: int

    @property
    def precision(self) -> Interval:
        """Return which share of what is explained is real."""
        return share(self.real_explained, self.real_explained + self.fake_explained)


def precision(real: Mapping[int, Trial], fakes: Mapping[int, Trial], weighing: Weighing) -> Precision:
    """Return what is explained of the fakes, and of the real accesses that these fakes were made from."""
    return Precision(
        kept=len(fakes),
        real_explained=sum(weighing.explains(real[access].matches) for access in fakes),
        fake_explained=sum(weighing.explains(trial.matches) for trial in fakes.values()),
    )
