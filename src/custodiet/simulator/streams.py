"""Named streams of chance: one seed, and for each part of the world a stream of its own.

A part that draws more or less then changes nothing in the others, so a change to one export leaves the rest as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NONE = -1  # nobody, nothing: every index in this package starts at 0


@dataclass(frozen=True, slots=True)
class Streams:
    """The seed of one force."""

    seed: int

    def named(self, name: str) -> np.random.Generator:
        """Return the stream of that name, always from its beginning."""
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, crc32(name.encode())])))


def ranks(rng: np.random.Generator, count: int, size: int, steepness: float) -> Ints:
    """Return ranks below `size` drawn so that low ones are common: the steeper, the heavier the head."""
    return np.minimum((size * rng.random(count) ** steepness).astype(np.int64), size - 1)


def chosen(rng: np.random.Generator, weights: Reals, count: int) -> Ints:
    """Return `count` indices drawn with replacement in proportion to the weights."""
    running = np.cumsum(weights)
    index: Ints = np.searchsorted(running, rng.random(count) * running[-1], side="right").astype(np.int64)
    return np.minimum(index, len(weights) - 1)


def delays(rng: np.random.Generator, count: int, mean: float) -> Ints:
    """Return exponential delays in milliseconds with the given mean, itself in milliseconds."""
    return rng.exponential(mean, count).astype(np.int64)


def by_day(instant: Ints) -> Ints:
    """Return the instants moved into office hours of their day: paperwork is done by day, and no clock changes then."""
    return instant // DAY * DAY + 9 * HOUR + instant % (7 * HOUR)
