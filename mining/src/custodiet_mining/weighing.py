"""What a candidate is worth: how much of the residue it accounts for, against how much of what is false."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

#: The family of the real accesses in a pool, beside those of the fakes.
REAL = "real"
#: Families that the likelihood ratio is taken against. Uniform fakes are left out: nobody looks people up at random.
AGAINST = ("F2", "F3", "F3a", "F4", "F5")
#: Families that look like misuse: relations of the actor's own, and targets of incidents close by.
MISUSE = ("F4", "F5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Counts of a pool, by family: how many accesses there are, and how many of them a candidate matches."""

    matched: Mapping[str, int]
    pool: Mapping[str, int]

    @property
    def support(self) -> int:
        """Return how many accesses of the residue it matches."""
        return self.matched.get(REAL, 0)

    @property
    def ratio(self) -> float:
        """Return the likelihood ratio of a match, half an access added on both sides so that it is never infinite."""
        against = self._of(AGAINST)
        real = (self.support + 0.5) / (self.pool.get(REAL, 0) + 1)
        return real / ((against[0] + 0.5) / (against[1] + 1))

    @property
    def swallowed(self) -> float:
        """Return the share of the misuse-like fakes that it matches."""
        matched, pool = self._of(MISUSE)
        return matched / pool if pool else 0.0

    @property
    def prices(self) -> dict[str, float]:
        """Return by family the share of its fakes that it matches; families without fakes are left out."""
        return {
            family: self.matched.get(family, 0) / count
            for family, count in sorted(self.pool.items())
            if family != REAL and count
        }

    def score(self, complexity: float, support: int | None = None) -> float:
        """Return support times the logarithm of the ratio, less the complexity; `support` is counted here unless given."""
        return (self.support if support is None else support) * log(self.ratio) - complexity

    def _of(self, families: tuple[str, ...]) -> tuple[int, int]:
        return sum(self.matched.get(one, 0) for one in families), sum(self.pool.get(one, 0) for one in families)
