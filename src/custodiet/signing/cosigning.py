"""Ed25519 keys of witnesses: their signatures are cosignatures and nothing else (C2SP tlog-cosignature v1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from custodiet.ledger.cosignature import COSIGNATURE
from custodiet.signing.ed25519 import Ed25519Signer, Ed25519Verifier


@dataclass(frozen=True, slots=True)
class CosignatureVerifier(Ed25519Verifier):
    """Checks what one witness signed."""

    kind: ClassVar[bytes] = COSIGNATURE


@dataclass(frozen=True, slots=True)
class Cosigner(Ed25519Signer):
    """Signs as a witness, with a private key held in memory."""

    checked_by: ClassVar[type[Ed25519Verifier]] = CosignatureVerifier
