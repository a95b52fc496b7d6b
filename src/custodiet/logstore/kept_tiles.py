"""The tiles of leaf hashes that a lean log keeps: their numbers in rising order, then the tiles in the same order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from custodiet.ledger.tiles import TILE_BYTES

_NUMBER = np.dtype(">u8")


@dataclass(frozen=True, slots=True)
class KeptTiles:
    """A file of kept tiles; one that is not there keeps none."""

    path: Path
    numbers: NDArray[np.uint64]

    @classmethod
    def read(cls, path: Path) -> KeptTiles:
        """Return the tiles of the file."""
        try:
            count = path.stat().st_size // (_NUMBER.itemsize + TILE_BYTES)
            return cls(path, np.fromfile(path, dtype=_NUMBER, count=count))
        except FileNotFoundError:
            return cls(path, np.zeros(0, dtype=_NUMBER))

    def __contains__(self, tile: int) -> bool:
        """Tell whether the tile of that number is kept."""
        place = self._place(tile)
        return place < len(self.numbers) and int(self.numbers[place]) == tile

    def first_missing(self, start: int, end: int) -> int | None:
        """Return the first of the tiles [start, end) that is not kept; None if all are."""
        if self._place(end) - self._place(start) == end - start:
            return None
        return next(tile for tile in range(start, end) if tile not in self)

    def tile(self, number: int) -> bytes:
        """Return the tile's hashes; the tile must be one that is kept."""
        with self.path.open("rb") as file:
            file.seek(len(self.numbers) * _NUMBER.itemsize + self._place(number) * TILE_BYTES)
            return file.read(TILE_BYTES)

    def _place(self, tile: int) -> int:
        return int(np.searchsorted(self.numbers, np.uint64(tile)))


def write_kept(file: BinaryIO, numbers: Sequence[int], tile: Callable[[int], bytes]) -> None:
    """Write the tiles of these numbers, which rise, each as the function gives it."""
    file.write(np.array(numbers, dtype=_NUMBER).tobytes())
    file.writelines(tile(number) for number in numbers)
