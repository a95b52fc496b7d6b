"""Salts derived from seeds: nothing is stored for an event, and a seed destroyed closes a segment for ever.

seed of a segment (random, sealed with AES-256-GCM under the key-encryption key, its context as associated data)
-> key of a tile = HMAC-SHA256(seed, number of the tile of 256 leaves as 8 bytes, big-endian)
-> AES-256-CTR keystream from counter 0; the salt of leaf i, group g of G is its block (i mod 256) * G + g.

A segment of which groups were erased has, in the place of its seed, the keys of its tiles, and the salts themselves of
tiles that lost some (docs/specs/log.md, 4). The seed, which gave them all, is destroyed.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

from custodiet.errors import EnvironmentFault
from custodiet.ledger.ports import SealedPart
from custodiet.signing.tile_keys import SALT, TILE, Keyed, Salted, TileSecret, read, written

SEED_BYTES = 32
_NONCE_BYTES = 12
_FINGERPRINTS = b"custodiet fingerprints/1"
_FINGERPRINT_BYTES = 16


def tile_key(seed: bytes, tile: int) -> bytes:
    """Return the key of a tile under the seed of its segment."""
    return hmac.digest(seed, tile.to_bytes(8, "big"), "sha256")


def keystream(key: bytes, groups: int) -> bytes:
    """Return the salts of the 256 leaves of the tile of that key, one for each group of each leaf, end to end."""
    return Cipher(AES256(key), CTR(bytes(16))).encryptor().update(bytes(TILE * groups * SALT))


def salts_of_tile(seed: bytes, tile: int, groups: int) -> bytes:
    """Return the salts of the 256 leaves of a tile, one for each group of each leaf, end to end."""
    return keystream(tile_key(seed, tile), groups)


def salts_of(seed: bytes, *, start: int, count: int, groups: int) -> bytes:
    """Return the salts of the leaves [start, start + count), end to end."""
    return _Opened(seed, start, start + count).salts(start, count, groups)


@dataclass(frozen=True, slots=True, init=False)
class SealedSalts:
    """The source of salts whose seeds are sealed under the first of these keys, or still under one of the others."""

    keys: tuple[bytes, ...] = field(repr=False)

    def __init__(self, *keys: bytes) -> None:
        """Take up the keys, the newest first."""
        object.__setattr__(self, "keys", keys)

    def new_seed(self, context: str) -> bytes:
        """Return a fresh random seed, sealed; it can be opened again only under the same context."""
        return self._sealed(secrets.token_bytes(SEED_BYTES), context)

    def salts(self, sealed: bytes, context: str, *, start: int, count: int, groups: int) -> bytes:
        """Return the salts of the leaves [start, start + count): for each leaf in turn, 16 bytes for each group."""
        return self._opened(sealed, context, start, start + count).salts(start, count, groups)

    def rekeyed(
        self, parts: Sequence[SealedPart], context: str, *, groups: int, erased: Mapping[int, Collection[int]]
    ) -> bytes:
        """Return one seed for the leaves of these parts; of the groups erased from a leaf no salt can be had again."""
        opened = [self._opened(part.sealed, part.context, part.start, part.end) for part in parts]
        lost: dict[int, list[int]] = {}
        for index in erased:
            lost.setdefault(index // TILE, []).append(index)
        first, last = parts[0].start // TILE, (parts[-1].end - 1) // TILE
        secrets_ = [
            _one_tile(tile, opened, groups, {index: erased[index] for index in lost.get(tile, ())})
            for tile in range(first, last + 1)
        ]
        return self._sealed(written(groups, first, secrets_), context)

    def fingerprints(self, identities: Iterable[bytes]) -> list[bytes]:
        """Return for each identity 16 bytes by which the holder of this key knows it again."""
        key = hmac.digest(self.keys[-1], _FINGERPRINTS, "sha256")  # the first of all: a fingerprint cannot be made anew
        return [hmac.digest(key, identity, "sha256")[:_FINGERPRINT_BYTES] for identity in identities]

    def resealed(self, sealed: bytes, context: str) -> bytes:
        """Return the same seed under the newest key; what lies under it already is returned as it is.

        Raises EnvironmentFault if the seed cannot be opened.
        """
        opened = _unsealed(self.keys[:1], sealed, context)
        if opened is not None:
            return sealed
        older = _unsealed(self.keys[1:], sealed, context)
        if older is None:
            raise _shut(context)
        return self._sealed(older, context)

    def _sealed(self, secret: bytes, context: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.keys[0]).encrypt(nonce, secret, context.encode())

    def _opened(self, sealed: bytes, context: str, start: int, end: int) -> _Opened:
        secret = _unsealed(self.keys, sealed, context)
        try:
            if secret is not None:
                return _Opened(secret, start, end)
        except ValueError as error:
            raise _shut(context) from error
        raise _shut(context)


def _unsealed(keys: Iterable[bytes], sealed: bytes, context: str) -> bytes | None:
    """Return what lies under one of the keys; None if under none of them."""
    for key in keys:
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError):
            continue
    return None


def _shut(context: str) -> EnvironmentFault:
    return EnvironmentFault(f"The seed of {context} cannot be opened: it is damaged, or the key is another.")


def unopened() -> SealedSalts:
    """Return a source of salts that opens no seed, for one who reads no rows and so needs no passphrase."""
    return SealedSalts(secrets.token_bytes(SEED_BYTES))


class _Opened:
    """What a sealed seed held: a seed, or the secrets of tiles."""

    def __init__(self, secret: bytes, start: int, end: int) -> None:
        """Take up the secret of the leaves [start, end); ValueError if it is neither."""
        self.start, self.end = start, end
        self._seed = secret if len(secret) == SEED_BYTES else None
        self._tiles = {} if self._seed is not None else read(secret)

    def secret(self, tile: int) -> TileSecret:
        """Return the tile's key, or the salts that are left of it; ValueError for a tile of another segment."""
        if self._seed is not None:
            return Keyed(tile_key(self._seed, tile))
        if tile not in self._tiles:
            msg = "the secrets are those of other tiles"
            raise ValueError(msg)
        return self._tiles[tile]

    def tile(self, tile: int, groups: int) -> bytes:
        """Return the salts of the tile."""
        secret = self.secret(tile)
        return keystream(secret.key, groups) if isinstance(secret, Keyed) else secret.salts

    def salts(self, start: int, count: int, groups: int) -> bytes:
        """Return the salts of the leaves [start, start + count), end to end."""
        first, last = start // TILE, (start + count - 1) // TILE
        stream = b"".join(self.tile(tile, groups) for tile in range(first, last + 1))
        width = groups * SALT
        begin = (start - first * TILE) * width
        return stream[begin : begin + count * width]


def _one_tile(tile: int, parts: Sequence[_Opened], groups: int, erased: Mapping[int, Collection[int]]) -> TileSecret:
    """Return the tile's secret: its key, if it has one of its own and loses nothing, or else its salts one by one."""
    owners = [part for part in parts if part.start < (tile + 1) * TILE and tile * TILE < part.end]
    if len(owners) == 1 and not erased:
        return owners[0].secret(tile)
    salts = bytearray(TILE * groups * SALT)
    for owner in owners:
        first, end = max(owner.start, tile * TILE), min(owner.end, (tile + 1) * TILE)
        at = (first - tile * TILE) * groups * SALT
        own = owner.salts(first, end - first, groups)
        salts[at : at + len(own)] = own
    for index, numbers in erased.items():
        for number in numbers:
            at = ((index - tile * TILE) * groups + number) * SALT
            salts[at : at + SALT] = bytes(SALT)
    return Salted(bytes(salts))
