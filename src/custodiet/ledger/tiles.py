"""Tiles: 256 hashes of the tree's levels 0, 8, 16 ..., as C2SP tlog-tiles cuts them.

The log keeps each of these levels as one flat file of hashes; tile (L, n) is the bytes [8192 n, 8192 n + 8192) of level
file L, and a partial tile is a prefix of that. Any other node is computed from one tile.
"""

from __future__ import annotations

from collections.abc import Callable

from custodiet.ledger.tree import HASH_BYTES, Nodes, node_hash

#: Levels of the tree within a tile, and hashes in a full one.
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_BYTES

#: Gives `count` hashes of level file `level`, from hash `start` on.
HashReader = Callable[[int, int, int], bytes]


def level_lengths(size: int) -> tuple[int, ...]:
    """Return how many hashes each level file holds for a tree of that size, from level 0 up to the last that has any."""
    lengths = []
    while size:
        lengths.append(size)
        size >>= TILE_HEIGHT
    return tuple(lengths)


def nodes_from(read: HashReader) -> Nodes:
    """Return the tree's nodes as computed from the level files."""

    def node(level: int, index: int) -> bytes:
        tile_level, above = divmod(level, TILE_HEIGHT)
        return perfect_root(read(tile_level, index << above, 1 << above))

    return node


def perfect_root(hashes: bytes) -> bytes:
    """Return the root over these hashes, given end to end; their number is a power of two."""
    level = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    while len(level) > 1:
        level = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]
