"""The file `log.key`: the private Ed25519 key of the log as PKCS#8, in the open or under a wrapping key."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from custodiet.errors import BadInput
from custodiet.signing.wrapping import Shut, WrappingKey

NAME = "log.key"
_WRAPPED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


def written(key: Ed25519PrivateKey, wrapping: WrappingKey | None) -> bytes:
    """Return the file that holds the key."""
    encryption = NoEncryption() if wrapping is None else BestAvailableEncryption(wrapping.password(NAME))
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def is_wrapped(data: bytes) -> bool:
    """Tell whether the file's key lies under a wrapping key."""
    return data.startswith(_WRAPPED)


def read(data: bytes, wrapping: WrappingKey | None) -> Ed25519PrivateKey:
    """Return the key in the file; raises BadInput if it is none, Shut if it lies under another wrapping key.

    A key in the open is read whether or not there is a wrapping key: a change of passphrase that was cut short leaves one.
    """
    if is_wrapped(data) and wrapping is None:
        raise BadInput("It lies under a wrapping key, and that is missing.")
    password = wrapping.password(NAME) if wrapping is not None and is_wrapped(data) else None
    try:
        key = load_pem_private_key(data, password=password)
    except (ValueError, TypeError) as error:
        if password is not None:
            raise Shut from error
        raise BadInput("This is no private key in PKCS#8.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput("This is not an Ed25519 key.")
    return key
