"""What stands in the place of a segment's seed once some of its salts were destroyed: a secret for each of its tiles.

The bytes (docs/specs/log.md, 4): `custodiet-tile-keys/1`, a line end, the number of groups (1 byte), the number of the
first tile (8 bytes, big-endian); then for each tile a byte 0 and its key, or a byte 1 and the salts of its 256 leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Leaves of a tile; bytes of a key; bytes of a salt.
TILE, KEY, SALT = 256, 32, 16

_HEAD = b"custodiet-tile-keys/1\n"
_BEFORE_TILES = len(_HEAD) + 1 + 8


@dataclass(frozen=True, slots=True)
class Keyed:
    """A tile that is whole: its key."""

    key: bytes


@dataclass(frozen=True, slots=True)
class Salted:
    """A tile whose salts are given one by one; those destroyed, and of leaves of other segments, are zeros."""

    salts: bytes


TileSecret = Keyed | Salted


def written(groups: int, first: int, tiles: Sequence[TileSecret]) -> bytes:
    """Return the bytes of the secrets of these tiles, of which the first has that number."""
    parts = [_HEAD, bytes([groups]), first.to_bytes(8, "big")]
    for tile in tiles:
        parts += [b"\x00", tile.key] if isinstance(tile, Keyed) else [b"\x01", tile.salts]
    return b"".join(parts)


def read(data: bytes) -> dict[int, TileSecret]:
    """Return the secrets by the numbers of their tiles; raises ValueError unless the bytes are exactly such secrets."""
    if not data.startswith(_HEAD) or len(data) < _BEFORE_TILES:
        msg = "these are no secrets of tiles"
        raise ValueError(msg)
    groups = data[len(_HEAD)]
    tile = int.from_bytes(data[len(_HEAD) + 1 : _BEFORE_TILES], "big")
    found: dict[int, TileSecret] = {}
    at = _BEFORE_TILES
    while at < len(data):
        length = {0: KEY, 1: TILE * groups * SALT}.get(data[at])
        if length is None or at + 1 + length > len(data):
            msg = "these secrets of tiles end within one"
            raise ValueError(msg)
        secret = data[at + 1 : at + 1 + length]
        found[tile] = Salted(secret) if data[at] else Keyed(secret)
        at, tile = at + 1 + length, tile + 1
    return found
