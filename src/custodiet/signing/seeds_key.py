"""The file `seeds.key`: the keys that the salts' seeds are sealed under, in the open (hex) or under a wrapping key.

There is one, until a key is thought to be known to others: then a new one is put before it, and every seed is sealed
again under the new one. The first key of all stays, for what was fingerprinted with it can be fingerprinted with no other.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence

from custodiet.errors import BadInput
from custodiet.ledger.verifier_key import strict_base64
from custodiet.signing.salts import SEED_BYTES
from custodiet.signing.wrapping import WrappingKey

NAME = "seeds.key"
_HEAD = b"custodiet-seeds-key/v1\n"
_MOST_KEYS = 64
_OPEN = re.compile(rb"([0-9a-f]{64}){1,%d}\n" % _MOST_KEYS)


def written(keys: Sequence[bytes], wrapping: WrappingKey | None) -> bytes:
    """Return the file that holds these keys, the newest first."""
    secret = b"".join(keys)
    if wrapping is None:
        return secret.hex().encode() + b"\n"
    return _HEAD + b64encode(wrapping.wrapped(NAME, secret, _HEAD)) + b"\n"


def is_wrapped(data: bytes) -> bool:
    """Tell whether the file's key lies under a wrapping key."""
    return data.startswith(_HEAD)


def read(data: bytes, wrapping: WrappingKey | None) -> tuple[bytes, ...]:
    """Return the keys in the file, the newest first; raises BadInput if it is no such file, Shut if it lies under another wrapping key.

    A key in the open is read whether or not there is a wrapping key: a change of passphrase that was cut short leaves one.
    """
    if _OPEN.fullmatch(data):
        return _cut(bytes.fromhex(data.decode()))
    if is_wrapped(data) and wrapping is None:
        raise BadInput("It lies under a wrapping key, and that is missing.")
    if not is_wrapped(data) or not data.endswith(b"\n") or wrapping is None:
        raise BadInput("This is no key of seeds.", expected="64 hexadecimal digits, or a key that is wrapped")
    sealed = strict_base64(data[len(_HEAD) : -1].decode("ascii", errors="replace"))
    return _cut(wrapping.unwrapped(NAME, sealed, _HEAD))


def _cut(secret: bytes) -> tuple[bytes, ...]:
    if not secret or len(secret) % SEED_BYTES or len(secret) > _MOST_KEYS * SEED_BYTES:
        raise BadInput("The keys of seeds have another length.")
    return tuple(secret[at : at + SEED_BYTES] for at in range(0, len(secret), SEED_BYTES))
