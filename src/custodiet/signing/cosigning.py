"""Ed25519 keys of witnesses: their signatures are cosignatures and nothing else (C2SP tlog-cosignature v1)."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custodiet.errors import BadInput
from custodiet.ledger.cosignature import COSIGNATURE
from custodiet.ledger.verifier_key import VerifierKey


@dataclass(frozen=True, slots=True)
class CosignatureVerifier:
    """Checks what one witness signed."""

    key: VerifierKey

    def __post_init__(self) -> None:
        """Refuse a key of another kind or length."""
        if self.key.key[:1] != COSIGNATURE or len(self.key.key) != 33:
            raise BadInput("This verifier key is not that of an Ed25519 witness.", expected="type 04 and 32 bytes")

    @classmethod
    def parse(cls, text: str) -> CosignatureVerifier:
        """Return the verifier for a verifier key in text (`name+id+key`)."""
        return cls(VerifierKey.parse(text))

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature over the message is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key.key[1:]).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Cosigner:
    """Signs as a witness, with a private key held in memory."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> CosignatureVerifier:
        """Return what checks this witness's signatures."""
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return CosignatureVerifier(VerifierKey(name=self.name, key=COSIGNATURE + public))

    def sign(self, message: bytes) -> bytes:
        """Return the signature over the message."""
        return self.private.sign(message)
