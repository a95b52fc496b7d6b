"""The tree that the leaves make, computed afresh and compared with what is stored and what was signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from custodiet.ledger.tiles import TILE_BYTES, TILE_WIDTH, HashReader, level_lengths, nodes_from, perfect_root
from custodiet.ledger.tree import HASH_BYTES, root

#: Gives the roots, end to end, of full tiles given end to end.
TileRoots = Callable[[bytes], bytes]

#: Tiles that are compared at a time.
_TILES = 256


def tile_roots(tiles: bytes) -> bytes:
    """Return the roots, end to end, of these full tiles: the plain way."""
    return b"".join(perfect_root(tiles[at : at + TILE_BYTES]) for at in range(0, len(tiles), TILE_BYTES))


class FreshTree:
    """The levels above the leaves, computed from the leaf hashes that are fed in order and from nothing else.

    It keeps the roots of full tiles, 32 bytes for 256 leaves, and the leaves of the last tile.
    """

    def __init__(self, roots_of: TileRoots = tile_roots) -> None:
        """Begin with no leaf."""
        self._roots_of = roots_of
        self._levels: list[bytearray] = [bytearray()]
        self._dropped = 0  # leaf hashes no longer held

    def add(self, hashes: bytes) -> None:
        """Take up these leaf hashes."""
        leaves = self._levels[0]
        leaves += hashes
        full = len(leaves) // TILE_BYTES * TILE_BYTES
        if full:
            self._raise(1, self._roots_of(bytes(leaves[:full])))
            del leaves[:full]
            self._dropped += full // HASH_BYTES

    def add_tiles(self, roots: bytes) -> None:
        """Take up full tiles of leaf hashes by their roots, at a place where a tile begins."""
        if self._levels[0]:
            msg = "the tile before is not full yet"
            raise ValueError(msg)
        self._raise(1, roots)
        self._dropped += len(roots) // HASH_BYTES * TILE_WIDTH

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return self._dropped + len(self._levels[0]) // HASH_BYTES

    def root(self) -> bytes:
        """Return the root over all leaves."""
        return root(self.size, nodes_from(self._read))

    def _read(self, level: int, start: int, count: int) -> bytes:
        first = start - (self._dropped if level == 0 else 0)
        return bytes(self._levels[level][first * HASH_BYTES : (first + count) * HASH_BYTES])

    def first_difference(self, stored: HashReader) -> tuple[int, int] | None:
        """Return the level and place of the first stored hash above the leaves that is not the computed one."""
        for level in range(1, len(level_lengths(self.size))):
            computed = bytes(self._levels[level])
            place = first_unequal(computed, stored(level, 0, len(computed) // HASH_BYTES))
            if place is not None:
                return level, place
        return None

    def _raise(self, level: int, hashes: bytes) -> None:
        if level == len(self._levels):
            self._levels.append(bytearray())
        before = len(self._levels[level]) // TILE_BYTES * TILE_BYTES
        self._levels[level] += hashes
        full = len(self._levels[level]) // TILE_BYTES * TILE_BYTES
        if full > before:
            self._raise(level + 1, self._roots_of(bytes(self._levels[level][before:full])))


def first_unequal(one: bytes, other: bytes) -> int | None:
    """Return the place of the first hash in which the two differ; None if they are equal."""
    if one == other:
        return None
    places: Iterator[int] = (
        at // HASH_BYTES
        for at in range(0, max(len(one), len(other)), HASH_BYTES)
        if one[at : at + HASH_BYTES] != other[at : at + HASH_BYTES]
    )
    return next(places)


def tiles_of(size: int) -> Iterator[tuple[int, int]]:
    """Yield first leaf and count of stretches of some tiles that together hold all leaves."""
    for start in range(0, size, _TILES * TILE_WIDTH):
        yield start, min(_TILES * TILE_WIDTH, size - start)
