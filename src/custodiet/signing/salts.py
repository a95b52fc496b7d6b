"""Salts derived from seeds: nothing is stored for an event, and a seed destroyed closes a segment for ever.

seed of a segment (random, sealed with AES-256-GCM under the key-encryption key, its context as associated data)
-> key of a tile = HMAC-SHA256(seed, number of the tile of 256 leaves as 8 bytes, big-endian)
-> AES-256-CTR keystream from counter 0; the salt of leaf i, group g of G is its block (i mod 256) * G + g.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

from custodiet.errors import EnvironmentFault

SEED_BYTES = 32
_NONCE_BYTES = 12
_TILE = 256
_SALT = 16


def salts_of_tile(seed: bytes, tile: int, groups: int) -> bytes:
    """Return the salts of the 256 leaves of a tile, one for each group of each leaf, end to end."""
    key = hmac.digest(seed, tile.to_bytes(8, "big"), "sha256")
    return Cipher(AES256(key), CTR(bytes(16))).encryptor().update(bytes(_TILE * groups * _SALT))


def salts_of(seed: bytes, *, start: int, count: int, groups: int) -> bytes:
    """Return the salts of the leaves [start, start + count), end to end."""
    first, last = start // _TILE, (start + count - 1) // _TILE
    keystream = b"".join(salts_of_tile(seed, tile, groups) for tile in range(first, last + 1))
    width = groups * _SALT
    begin = (start - first * _TILE) * width
    return keystream[begin : begin + count * width]


@dataclass(frozen=True, slots=True)
class SealedSalts:
    """The source of salts whose seeds are sealed under one key-encryption key."""

    key: bytes = field(repr=False)

    def new_seed(self, context: str) -> bytes:
        """Return a fresh random seed, sealed; it can be opened again only under the same context."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, secrets.token_bytes(SEED_BYTES), context.encode())

    def salts(self, sealed: bytes, context: str, *, start: int, count: int, groups: int) -> bytes:
        """Return the salts of the leaves [start, start + count): for each leaf in turn, 16 bytes for each group."""
        return salts_of(self._opened(sealed, context), start=start, count=count, groups=groups)

    def _opened(self, sealed: bytes, context: str) -> bytes:
        try:
            return AESGCM(self.key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise EnvironmentFault(
                f"The seed of {context} cannot be opened: it is damaged, or the key is another."
            ) from error
