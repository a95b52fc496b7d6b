"""Ed25519 signatures (RFC 8032), as signed notes use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custodiet.errors import BadInput
from custodiet.ledger.verifier_key import ED25519, VerifierKey


@dataclass(frozen=True, slots=True)
class Ed25519Verifier:
    """Checks the signatures of one Ed25519 key."""

    kind: ClassVar[bytes] = ED25519  # of the note's signatures: what a key of one kind signed is nothing under another

    key: VerifierKey

    def __post_init__(self) -> None:
        """Refuse a key of another kind or length."""
        if self.key.key[:1] != self.kind or len(self.key.key) != 33:
            wanted = f"type {self.kind.hex()} and 32 bytes"
            raise BadInput("This verifier key is not an Ed25519 key of its kind.", expected=wanted)

    @classmethod
    def parse(cls, text: str) -> Self:
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
class Ed25519Signer:
    """Signs with a private key held in memory."""

    checked_by: ClassVar[type[Ed25519Verifier]] = Ed25519Verifier

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Ed25519Verifier:
        """Return what checks this signer's signatures."""
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return self.checked_by(VerifierKey(name=self.name, key=self.checked_by.kind + public))

    def sign(self, message: bytes) -> bytes:
        """Return the signature over the message."""
        return self.private.sign(message)
