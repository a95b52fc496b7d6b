"""A signing key that lies elsewhere: in a hardware module or a key service, named by an address and reached through a library.

Each signature is held against the log's public key before anybody uses it: a module that holds another key, or works
wrongly, cannot write a checkpoint. The addresses `pkcs11:` (RFC 7512) are our own; all others are those of the signers of
`securesystemslib`, which take their surroundings (addresses, credentials) from the environment as its manual says.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ledger.verifier_key import ED25519, VerifierKey
from custodiet.signing import token
from custodiet.signing.ed25519 import Ed25519Verifier

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

NAME = "log.uri"
_MISSING = "A signing key that lies elsewhere needs more packages: pip install 'custodiet[hsm]'."
_KIND = "A checkpoint key must be Ed25519, and the one in log.vkey."
#: Is signed to see whether a key is there; no checkpoint begins like this.
PROBE = b"custodiet: is this key there?\n"
_LENGTH = 64  # bytes of an Ed25519 signature (RFC 8032, 5.1.6)


@dataclass(frozen=True, slots=True)
class ExternalSigner:
    """Signs with the key at an address; `ask_pin` is asked once something there wants a PIN."""

    uri: str
    verifier: Ed25519Verifier
    ask_pin: Callable[[], bytes] = field(repr=False, compare=False)

    def sign(self, message: bytes) -> bytes:
        """Return the signature over the message, which is the log's key's.

        Raises EnvironmentFault if the key cannot be reached, is no Ed25519 key, or is another one.
        """
        try:
            signature = token.signed(self.uri, message, self.ask_pin) if token.names(self.uri) else self._asked(message)
        except ImportError as error:
            raise EnvironmentFault(_MISSING) from error
        except EnvironmentFault:
            raise
        except Exception as error:  # the library leaves open what its signers raise, and says so
            raise EnvironmentFault(f"The signing key at {self.uri} cannot be used ({_told(error)}). {_KIND}") from error
        if len(signature) != _LENGTH or not self.verifier.accepts(message, signature):
            raise EnvironmentFault(
                f"What {self.uri} signed is not a signature of the log's key, and was not used. {_KIND}"
            )
        return signature

    def _asked(self, message: bytes) -> bytes:
        return bytes.fromhex(self._signer().sign(message).signature)

    def _signer(self) -> Signer:
        from securesystemslib.signer import ED25519 as SCHEME
        from securesystemslib.signer import KEY_TYPE_ED25519, Signer, SSlibKey

        key, public = self.verifier.key, self.verifier.key.key[1:].hex()
        ours = SSlibKey(key.key_id.hex(), KEY_TYPE_ED25519, SCHEME, {"public": public})
        return Signer.from_priv_key_uri(self.uri, ours, lambda _: self.ask_pin().decode())


def _told(error: Exception) -> str:
    """Return what it is: the exceptions of `pkcs11` say it by their names alone."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def address(data: bytes) -> str:
    """Return the address in a `log.uri`; raises BadInput unless it is one line of visible ASCII with a scheme."""
    text = data.decode("ascii", errors="replace").removesuffix("\n")
    if not text.partition(":")[1] or not all("!" <= char <= "~" for char in text):
        raise BadInput(
            "This is no address of a key.", expected="one line of visible ASCII, with a scheme before a colon"
        )
    return text


def public_key(data: bytes, name: str, file: str | None = None) -> Ed25519Verifier:
    """Return what checks the key in a public key's file, PEM or the base64 of 32 bytes; raises BadInput for another kind."""
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            found = load_pem_public_key(data)
        else:
            found = Ed25519PublicKey.from_public_bytes(base64.b64decode(data.strip(), validate=True))
    except (ValueError, UnsupportedAlgorithm, binascii.Error) as error:
        raise BadInput("This is no public key.", file=file, expected="PEM, or 32 bytes in base64") from error
    if not isinstance(found, Ed25519PublicKey):
        raise BadInput(
            "A checkpoint key must be Ed25519.", file=file, found=type(found).__name__.removesuffix("PublicKey")
        )
    return Ed25519Verifier(VerifierKey(name=name, key=ED25519 + found.public_bytes(Encoding.Raw, PublicFormat.Raw)))
