"""Which rows are read again where not all of them are: those after a checkpoint, or a random sample.

What may be missed by a sample is a number, not a hope: `Sample.chance_to_miss` says how likely it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import TypeAlias

from custodiet.errors import BadInput
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.tiles import TILE_WIDTH

#: Entries [start, end).
Range: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Since:
    """All rows after a checkpoint that was signed: what is before rests on it."""

    checkpoint: Checkpoint

    def ranges(self, size: int) -> tuple[Range, ...]:
        """Return the entries that a log of that size has beyond the checkpoint."""
        return ((self.checkpoint.size, size),) if self.checkpoint.size < size else ()


@dataclass(frozen=True, slots=True)
class Sampling:
    """A random share of the tiles, drawn anew from the seed: who knows the seed beforehand knows what is not looked at."""

    share: float
    seed: int

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0 < self.share <= 1:
            raise BadInput("There is no such share of a log.", found=str(self.share), expected="above 0, at most 1")

    def ranges(self, size: int) -> tuple[Range, ...]:
        """Return the entries of the tiles drawn, in order, for a log of that size; neighbours are joined."""
        return tuple(_joined(self._drawn(size), size))

    def sample(self, size: int) -> Sample:
        """Return what the draw comes to for a log of that size."""
        return Sample(share=self.share, seed=self.seed, tiles=_tiles(size), checked=len(self._drawn(size)))

    def _drawn(self, size: int) -> list[int]:
        tiles = _tiles(size)
        return sorted(Random(self.seed).sample(range(tiles), ceil(tiles * self.share)))  # noqa: S311 - not a secret once it is told


Selection: TypeAlias = Since | Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Which share of a log was looked at."""

    share: float  # asked for
    seed: int
    tiles: int  # of 256 entries, the last of fewer
    checked: int  # of these tiles

    def chance_to_miss(self, altered: int) -> float:
        """Return how likely it is that none of so many altered tiles was drawn: (n-m choose k) over (n choose k)."""
        chance = 1.0
        for already in range(min(altered, self.tiles)):
            chance *= max(0, self.tiles - self.checked - already) / (self.tiles - already)
        return chance


def overlap(ranges: Sequence[Range], start: int, end: int) -> Iterator[Range]:
    """Yield, in order, what the ranges have in common with the entries [start, end)."""
    for first, last in ranges:
        if first < end and start < last:
            yield max(first, start), min(last, end)


def _tiles(size: int) -> int:
    return ceil(size / TILE_WIDTH)


def _joined(tiles: Sequence[int], size: int) -> Iterator[Range]:
    start = end = None
    for tile in tiles:
        if end != tile:
            if start is not None and end is not None:
                yield start * TILE_WIDTH, end * TILE_WIDTH
            start = tile
        end = tile + 1
    if start is not None and end is not None:
        yield start * TILE_WIDTH, min(end * TILE_WIDTH, size)
