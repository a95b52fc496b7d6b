"""The wrapping key: random, itself wrapped under the passphrase, and what the other private keys are wrapped under.

So another passphrase means one file written anew and one rename, whatever else lies under the wrapping key. The format
is that of docs/specs/keys.md.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from custodiet.errors import BadInput
from custodiet.ledger.verifier_key import strict_base64
from custodiet.signing.passphrase import KEY_BYTES, SALT_BYTES, USUAL_COST, Argon2Cost, derived_key

_HEAD = "custodiet-wrapping-key/v1"
_COST = re.compile(r"argon2id ([1-9][0-9]{0,6}) ([1-9][0-9]{0,6}) ([1-9][0-9]{0,6}) ([A-Za-z0-9+/=]+)")
_NONCE_BYTES, _TAG_BYTES = 12, 16


class Shut(Exception):
    """The key or passphrase is another than the one this was wrapped under, or a byte of it was altered."""


@dataclass(frozen=True, slots=True)
class WrappingKey:
    """A key that other keys are wrapped under, each under a key of its own that is derived from this one."""

    key: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> WrappingKey:
        """Return a new random wrapping key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def derived(self, name: str) -> bytes:
        """Return the 32 bytes that the file of that name is protected with."""
        return hmac.digest(self.key, name.encode(), "sha256")

    def password(self, name: str) -> bytes:
        """Return the derived bytes in hex, as the password of a PKCS#8 file."""
        return self.derived(name).hex().encode()

    def wrapped(self, name: str, secret: bytes, bound: bytes) -> bytes:
        """Return the secret sealed for the file of that name; it opens only beside the same bound bytes."""
        return _sealed(self.derived(name), secret, bound)

    def unwrapped(self, name: str, sealed: bytes, bound: bytes) -> bytes:
        """Return what was sealed; raises Shut."""
        return _opened(self.derived(name), sealed, bound)


def locked(wrapping: WrappingKey, passphrase: bytes, cost: Argon2Cost = USUAL_COST) -> bytes:
    """Return the file that holds the wrapping key under the passphrase."""
    return locked_with(wrapping, passphrase, cost, secrets.token_bytes(SALT_BYTES))


def locked_with(wrapping: WrappingKey, passphrase: bytes, cost: Argon2Cost, salt: bytes) -> bytes:
    """Return the file with that salt, which must never have been used before."""
    head = f"{_HEAD}\nargon2id {cost.text} {b64encode(salt).decode()}\n".encode()
    sealed = _sealed(derived_key(passphrase, salt, cost), wrapping.key, head)
    return head + b64encode(sealed) + b"\n"


def unlocked(data: bytes, passphrase: bytes) -> WrappingKey:
    """Return the wrapping key in the file; raises BadInput if it is no such file, Shut if the passphrase is another."""
    head, salt, cost, sealed = _parsed(data)
    return WrappingKey(_opened(derived_key(passphrase, salt, cost), sealed, head))


def cost_of(data: bytes) -> Argon2Cost:
    """Return what a guess at the passphrase of the file costs; raises BadInput if it is no such file."""
    return _parsed(data)[2]


def _parsed(data: bytes) -> tuple[bytes, bytes, Argon2Cost, bytes]:
    lines = data.decode("ascii", errors="replace").split("\n")
    if len(lines) != 4 or lines[0] != _HEAD or lines[3]:
        raise BadInput("This is no wrapping key.", expected=f"{_HEAD} and two lines more")
    cost = _COST.fullmatch(lines[1])
    if cost is None:
        raise BadInput("This is no wrapping key.", line=2, expected="argon2id, passes, KiB, lanes and the salt")
    salt, sealed = strict_base64(cost[4]), strict_base64(lines[2])
    if len(salt) != SALT_BYTES or len(sealed) != _NONCE_BYTES + KEY_BYTES + _TAG_BYTES:
        raise BadInput("The wrapping key or its salt has another length.")
    head = f"{lines[0]}\n{lines[1]}\n".encode()
    return head, salt, Argon2Cost(int(cost[1]), int(cost[2]), int(cost[3])), sealed


def _sealed(key: bytes, secret: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, bound)


def _opened(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise Shut from error
