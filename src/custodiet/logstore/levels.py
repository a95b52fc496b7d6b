"""The level files: flat files of hashes, of which each tile and each partial tile is a slice."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass

from custodiet.errors import VerificationFailed
from custodiet.ledger.tiles import TILE_BYTES, TILE_HEIGHT, level_lengths, nodes_from
from custodiet.ledger.tree import HASH_BYTES, root
from custodiet.logstore.files import changing, fsync, write
from custodiet.logstore.hashing import tile_roots
from custodiet.logstore.layout import Layout


@dataclass(frozen=True, slots=True)
class Levels:
    """Reads the level files of a log."""

    layout: Layout

    def read(self, level: int, start: int, count: int) -> bytes:
        """Return `count` hashes of the level from hash `start` on; raises VerificationFailed if they are not there."""
        data = self.found(level, start, count)
        if len(data) != count * HASH_BYTES:
            end = start + len(data) // HASH_BYTES
            raise VerificationFailed(f"The level file hash/{level} ends at hash {end}; the tree needs more.")
        return data

    def found(self, level: int, start: int, count: int) -> bytes:
        """Return as many of these hashes as are there."""
        try:
            with self.layout.level(level).open("rb") as file:
                return os.pread(file.fileno(), count * HASH_BYTES, start * HASH_BYTES)
        except FileNotFoundError:
            return b""

    def root(self, size: int) -> bytes:
        """Return the root of the tree of that size."""
        return root(size, nodes_from(self.read))


class GrowingLevels:
    """Adds leaf hashes, and the roots of the tiles they fill, behind the committed ends of the level files."""

    def __init__(self, layout: Layout, size: int) -> None:
        """Take up after the first `size` leaves."""
        self._layout = layout
        self._committed = level_lengths(size)
        self._lengths: dict[int, int] = dict(enumerate(self._committed))
        reader = Levels(layout)
        self._tails = {
            level: reader.read(level, length >> TILE_HEIGHT << TILE_HEIGHT, length % (1 << TILE_HEIGHT))
            for level, length in self._lengths.items()
        }
        self._files: dict[int, int] = {}

    def append(self, hashes: bytes, level: int = 0) -> None:
        """Write the hashes after the level's last, and the roots of tiles that are now full to the levels above."""
        self._write(level, hashes)
        waiting = self._tails.get(level, b"") + hashes
        full = len(waiting) // TILE_BYTES * TILE_BYTES
        self._tails[level] = waiting[full:]
        if full:
            self.append(tile_roots(waiting[:full]), level + 1)

    def sync(self) -> None:
        """Bring what was appended to the disk."""
        for file in self._files.values():
            fsync(file)

    def close(self) -> None:
        """Close the files."""
        with ExitStack() as closing:
            for file in self._files.values():
                closing.callback(os.close, file)
            self._files.clear()

    def _write(self, level: int, hashes: bytes) -> None:
        if level not in self._files:
            with changing(self._layout.hashes):
                self._files[level] = os.open(self._layout.level(level), os.O_WRONLY | os.O_CREAT, 0o666)
        at = self._lengths.get(level, 0)
        write(self._files[level], hashes, at * HASH_BYTES)
        self._lengths[level] = at + len(hashes) // HASH_BYTES
