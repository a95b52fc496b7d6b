"""The folder of keys of a log: `log.key` (private, PKCS#8), `log.vkey` (public) and `seeds.key` (opens the salts' seeds).

It is kept apart from the data and backed up apart from it: whoever loses `seeds.key` can no longer show what an entry
says, and whoever has `log.key` can sign in the log's name.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from custodiet.signing.salts import SEED_BYTES, SealedSalts

_PRIVATE, _PUBLIC, _SEEDS = "log.key", "log.vkey", "seeds.key"


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """A folder of keys that exists."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, name: str, *, passphrase: bytes | None = None) -> KeyFolder:
        """Make a new folder of keys, for the owner alone; the key is named after the log's origin."""
        signer = Ed25519Signer(name, Ed25519PrivateKey.generate())
        encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        public = signer.verifier.key.text
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            _write_new(folder / _PRIVATE, _pem(signer, encryption))
            _write_new(folder / _SEEDS, secrets.token_bytes(SEED_BYTES).hex().encode() + b"\n")
            _write_new(folder / _PUBLIC, public.encode() + b"\n")
        except OSError as error:
            raise EnvironmentFault(f"The keys cannot be written to {folder}: {error.strerror}.") from error
        return cls(folder)

    def signer(self, passphrase: bytes | None = None) -> Ed25519Signer:
        """Return the signer; raises EnvironmentFault if its key is missing, damaged or needs another passphrase."""
        data = self._read(_PRIVATE)
        try:
            private = load_pem_private_key(data, password=passphrase)
        except (ValueError, TypeError) as error:
            raise EnvironmentFault(f"The key {self.folder / _PRIVATE} cannot be opened.") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise EnvironmentFault(f"The key {self.folder / _PRIVATE} is not an Ed25519 key.")
        signer = Ed25519Signer(self.verifier().key.name, private)
        if signer.verifier != self.verifier():
            raise EnvironmentFault(f"The keys {_PRIVATE} and {_PUBLIC} in {self.folder} do not belong together.")
        return signer

    def verifier(self) -> Ed25519Verifier:
        """Return what checks the log's signatures."""
        try:
            return Ed25519Verifier.parse(self._read(_PUBLIC).decode("utf-8", errors="replace"))
        except BadInput as error:
            raise EnvironmentFault(f"The key {self.folder / _PUBLIC} is damaged. {error}") from error

    def salts(self) -> SealedSalts:
        """Return the source of salts; raises EnvironmentFault if its key is missing or damaged."""
        text = self._read(_SEEDS).decode("ascii", errors="replace").strip()
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != SEED_BYTES:
            raise EnvironmentFault(f"The key {self.folder / _SEEDS} is damaged.")
        return SealedSalts(key)

    def _read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise EnvironmentFault(f"The key {self.folder / name} cannot be read: {error.strerror}.") from error


def _pem(signer: Ed25519Signer, encryption: KeySerializationEncryption) -> bytes:
    return signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def _write_new(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
