"""SHA-256 over many short texts at once, and the interior nodes of the tree in bulk.

A loop over OpenSSL has the processor's own instructions for SHA-256, which the engines of tables have not; what it
costs is a call for each text. Copying a state that was begun costs less than beginning
one.
"""

from __future__ import annotations

from hashlib import sha256
from struct import iter_unpack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custodiet.ledger.tiles import TILE_BYTES, TILE_HEIGHT
from custodiet.ledger.tree import HASH_BYTES

Octets = NDArray[np.uint8]

_LEAF, _NODE = sha256(b"\x00"), sha256(b"\x01")


def hashes(data: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> bytes:
    """Return the hashes, end to end, of the texts that lie in `data`."""
    places = zip(starts.tolist(), ends.tolist(), strict=True)
    return b"".join([sha256(data[start:end]).digest() for start, end in places])


def leaf_hashes(entries: Octets) -> bytes:
    """Return the leaf hashes, end to end, of the entries, one to a row of the matrix."""
    return _behind(_LEAF, entries.tobytes(), entries.shape[1])


def tile_roots(tiles: bytes) -> bytes:
    """Return the roots, end to end, of these full tiles, given end to end."""
    if len(tiles) % TILE_BYTES:
        msg = "only full tiles have roots"
        raise ValueError(msg)
    level = tiles
    for _ in range(TILE_HEIGHT if tiles else 0):
        level = _behind(_NODE, level, 2 * HASH_BYTES)
    return level


def _behind(begun: Any, data: bytes, width: int) -> bytes:
    """Return the hashes of the pieces of that width, each behind what the state has taken up already."""
    copy = begun.copy
    found = []
    for (piece,) in iter_unpack(f"{width}s", data):
        state = copy()
        state.update(piece)
        found.append(state.digest())
    return b"".join(found)
