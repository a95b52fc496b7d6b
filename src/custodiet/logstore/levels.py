"""The level files: flat files of hashes, of which each tile and each partial tile is a slice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from custodiet.errors import EnvironmentFault, VerificationFailed
from custodiet.ledger.tiles import TILE_BYTES, TILE_HEIGHT, level_lengths, nodes_from
from custodiet.ledger.tree import HASH_BYTES, root
from custodiet.logstore.files import changing, fsync, write
from custodiet.logstore.hashing import tile_roots
from custodiet.logstore.layout import Layout
from custodiet.logstore.leaves import Piece, stored_extents, stored_leaves

#: Makes so many leaf hashes again from rows and salts, from one on.
LeafMaker = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Levels:
    """Reads the level files of a log."""

    layout: Layout
    made: LeafMaker | None = None  # makes leaf hashes that a lean log has left out

    def read(self, level: int, start: int, count: int) -> bytes:
        """Return `count` hashes of the level from hash `start` on; raises VerificationFailed if they are not there."""
        data = self.found(level, start, count)
        if len(data) != count * HASH_BYTES:
            end = start + len(data) // HASH_BYTES
            if level == 0 and end < self.layout.leaf_file()[0]:
                raise EnvironmentFault(
                    f"The log is lean: to make leaf hash {end} again takes its rows and the salt seeds."
                )
            raise VerificationFailed(f"The level file hash/{level} ends at hash {end}; the tree needs more.")
        return data

    def found(self, level: int, start: int, count: int) -> bytes:
        """Return as many of these hashes as are there."""
        if level == 0:
            return b"".join(self._leaves(start, count))
        try:
            with self.layout.level(level).open("rb") as file:
                return os.pread(file.fileno(), count * HASH_BYTES, start * HASH_BYTES)
        except FileNotFoundError:
            return b""

    def stored(self, start: int, count: int) -> Iterator[Piece]:
        """Yield what is stored of these leaf hashes, and what was left out."""
        return stored_leaves(self.layout, start, start + count)

    def extents(self, end: int) -> Iterator[tuple[int, int, bool]]:
        """Yield the stretches below `end` whose leaf hashes are stored (True) or were left out."""
        return stored_extents(self.layout, end)

    def _leaves(self, start: int, count: int) -> Iterator[bytes]:
        for piece in self.stored(start, count):
            wanted, hashes = piece.end - piece.start, piece.hashes
            if hashes is None and self.made is not None:
                hashes = self.made(piece.start, wanted)
            yield hashes or b""
            if hashes is None or len(hashes) < wanted * HASH_BYTES:
                return

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
        self._first, self._leaves = layout.leaf_file()
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
                self._files[level] = os.open(
                    self._leaves if level == 0 else self._layout.level(level), os.O_WRONLY | os.O_CREAT, 0o666
                )
        at = self._lengths.get(level, 0)
        place = at - self._first if level == 0 else at
        write(self._files[level], hashes, place * HASH_BYTES)
        self._lengths[level] = at + len(hashes) // HASH_BYTES
