"""The key of a witness: `witness.key` (private, PKCS#8, under a passphrase where one is given) and `witness.vkey` (public)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.signing.cosigning import CosignatureVerifier, Cosigner

_PRIVATE, _PUBLIC = "witness.key", "witness.vkey"


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The key in the folder of a witness."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, name: str, *, passphrase: bytes | None = None) -> WitnessKey:
        """Make a new key under that name, in a folder that is there; raises EnvironmentFault where there is one already."""
        witness = Cosigner(name, Ed25519PrivateKey.generate())
        encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        private = witness.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        try:
            _write_new(folder / _PRIVATE, private, 0o600)
            _write_new(folder / _PUBLIC, witness.verifier.key.text.encode() + b"\n", 0o644)
        except OSError as error:
            raise EnvironmentFault(f"The key cannot be written to {folder}: {error.strerror}.") from error
        return cls(folder)

    @property
    def encrypted(self) -> bool:
        """Tell whether the private key lies under a passphrase."""
        return b"ENCRYPTED" in self._read(_PRIVATE)

    def signer(self, passphrase: bytes | None = None) -> Cosigner:
        """Return the signer; raises EnvironmentFault if the key is missing, damaged or needs another passphrase."""
        data = self._read(_PRIVATE)
        try:
            private = load_pem_private_key(data, password=passphrase if self.encrypted else None)
        except (ValueError, TypeError) as error:
            raise EnvironmentFault(f"The key {self.folder / _PRIVATE} cannot be opened.") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise EnvironmentFault(f"The key {self.folder / _PRIVATE} is not an Ed25519 key.")
        signer = Cosigner(self.verifier().key.name, private)
        if signer.verifier != self.verifier():
            raise EnvironmentFault(f"The keys {_PRIVATE} and {_PUBLIC} in {self.folder} do not belong together.")
        return signer

    def verifier(self) -> CosignatureVerifier:
        """Return what checks the witness's signatures."""
        try:
            return CosignatureVerifier.parse(self._read(_PUBLIC).decode("utf-8", errors="replace"))
        except BadInput as error:
            raise EnvironmentFault(f"The key {self.folder / _PUBLIC} is damaged. {error}") from error

    def _read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise EnvironmentFault(f"The key {self.folder / name} cannot be read: {error.strerror}.") from error


def _write_new(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
