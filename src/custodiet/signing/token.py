"""Signatures of an Ed25519 key on a PKCS#11 token (mechanism CKM_EDDSA of PKCS#11 3.0).

The signer that `securesystemslib` has for tokens knows ECDSA alone, which signed notes do not; this one goes to the library
below it. The token and the key are named by an address of RFC 7512: `pkcs11:token=LABEL;object=LABEL`. The module is the one
that the variable `PYKCS11LIB` names, and never one that a file of the vault names: a module is code that runs here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import unquote

from custodiet.errors import EnvironmentFault

MODULE = "PYKCS11LIB"
_SCHEME = "pkcs11:"
_PARTS = {"token", "object"}


def names(uri: str) -> bool:
    """Tell whether the address is one of a key on a token."""
    return uri.startswith(_SCHEME)


def signed(uri: str, message: bytes, ask_pin: Callable[[], bytes]) -> bytes:
    """Return the token's signature over the message; raises EnvironmentFault for a bad address or where no module is named.

    What the token itself complains of comes as an exception of `pkcs11`; ImportError where that is not installed.
    """
    import pkcs11

    label, key = _labels(uri)
    module = os.environ.get(MODULE)
    if not module:
        raise EnvironmentFault(f"{MODULE} must name the PKCS#11 module of the token.")
    token = pkcs11.lib(module).get_token(token_label=label)
    with token.open(user_pin=ask_pin().decode()) as session:
        private = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.KeyType.EC_EDWARDS, label=key)
        return bytes(private.sign(message, mechanism=pkcs11.Mechanism.EDDSA))


def _labels(uri: str) -> tuple[str, str]:
    parts = dict(part.partition("=")[::2] for part in uri.removeprefix(_SCHEME).split(";"))
    if set(parts) != _PARTS or not all(parts.values()):
        raise EnvironmentFault(f"The address {uri} is not of the form pkcs11:token=LABEL;object=LABEL.")
    return unquote(parts["token"]), unquote(parts["object"])
