"""The file `seeds.key`: the key that the salts' seeds are sealed under, in the open (hex) or under a wrapping key."""

from __future__ import annotations

import re
from base64 import b64encode

from custodiet.errors import BadInput
from custodiet.ledger.verifier_key import strict_base64
from custodiet.signing.salts import SEED_BYTES
from custodiet.signing.wrapping import WrappingKey

NAME = "seeds.key"
_HEAD = b"custodiet-seeds-key/v1\n"
_OPEN = re.compile(rb"[0-9a-f]{64}\n")


def written(key: bytes, wrapping: WrappingKey | None) -> bytes:
    """Return the file that holds the key."""
    if wrapping is None:
        return key.hex().encode() + b"\n"
    return _HEAD + b64encode(wrapping.wrapped(NAME, key, _HEAD)) + b"\n"


def is_wrapped(data: bytes) -> bool:
    """Tell whether the file's key lies under a wrapping key."""
    return data.startswith(_HEAD)


def read(data: bytes, wrapping: WrappingKey | None) -> bytes:
    """Return the key in the file; raises BadInput if it is no such file, Shut if it lies under another wrapping key.

    A key in the open is read whether or not there is a wrapping key: a change of passphrase that was cut short leaves one.
    """
    if _OPEN.fullmatch(data):
        return bytes.fromhex(data.decode())
    if is_wrapped(data) and wrapping is None:
        raise BadInput("It lies under a wrapping key, and that is missing.")
    if not is_wrapped(data) or not data.endswith(b"\n") or wrapping is None:
        raise BadInput("This is no key of seeds.", expected="64 hexadecimal digits, or a key that is wrapped")
    key = wrapping.unwrapped(NAME, strict_base64(data[len(_HEAD) : -1].decode("ascii", errors="replace")), _HEAD)
    if len(key) != SEED_BYTES:
        raise BadInput("The key of seeds has another length.")
    return key
