"""The folder of keys of a log: `log.key` signs, `log.vkey` is public, `seeds.key` opens the salts' seeds.

It is kept apart from the data and backed up apart from it: whoever loses `seeds.key` can no longer show what an entry
says, and whoever has `log.key` can sign in the log's name. Both lie under `wrapping.key`, which a passphrase opens; a
folder without that file holds them in the open. A signing key that lies elsewhere is named by `log.uri`. The formats are those of docs/specs/keys.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ledger.key_history import KeyHistory, KeyStep
from custodiet.signing import external, log_key, seeds_key, wrapping
from custodiet.signing.durable import remove, replace, write_new
from custodiet.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from custodiet.signing.external import ExternalSigner
from custodiet.signing.salts import SEED_BYTES, SealedSalts
from custodiet.signing.wrapping import Shut, WrappingKey

WRAPPING, PUBLIC, HISTORY = "wrapping.key", "log.vkey", "log.vkeys"


def nobody_asked() -> bytes:
    """There is nobody to ask for the passphrase."""
    raise EnvironmentFault("The keys lie under a passphrase, and none was given.")


def no_pin() -> bytes:
    """There is nobody to ask for the PIN."""
    raise EnvironmentFault("The signing key wants a PIN, and none was given.")


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """A folder of keys that exists, and who is asked for its passphrase once a private key is needed."""

    folder: Path
    ask: Callable[[], bytes] = field(default=nobody_asked, repr=False, compare=False)
    ask_pin: Callable[[], bytes] = field(default=no_pin, repr=False, compare=False)

    @classmethod
    def create(cls, folder: Path, name: str, *, passphrase: bytes | None = None) -> KeyFolder:
        """Make a new folder of keys, for the owner alone, under the passphrase or (None) in the open.

        The key is named after the log's origin.
        """
        signer = Ed25519Signer(name, Ed25519PrivateKey.generate())
        public = signer.verifier.key.text
        around = None if passphrase is None else WrappingKey.fresh()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            if around is not None and passphrase is not None:
                write_new(folder / WRAPPING, wrapping.locked(around, passphrase))
            write_new(folder / log_key.NAME, log_key.written(signer.private, around))
            write_new(folder / seeds_key.NAME, seeds_key.written([secrets.token_bytes(SEED_BYTES)], around))
            write_new(folder / PUBLIC, public.encode() + b"\n")
        except OSError as error:
            raise EnvironmentFault(f"The keys cannot be written to {folder}: {error.strerror}.") from error
        return cls(folder) if passphrase is None else cls(folder, lambda: passphrase)

    @property
    def has_passphrase(self) -> bool:
        """Tell whether the private keys lie under a passphrase."""
        return (self.folder / WRAPPING).exists()

    def opens_with(self, passphrase: bytes) -> bool:
        """Tell whether this is the passphrase; raises EnvironmentFault if the file it opens is missing or damaged."""
        try:
            self._unlocked(passphrase)
        except Shut:
            return False
        return True

    def change_passphrase(self, new: bytes | None) -> None:
        """The private keys lie under the new passphrase, or (None) in the open.

        Where there was a passphrase before, this is one rename. Otherwise each step leaves keys that open: with the
        passphrase that is asked for as long as `wrapping.key` is there; and doing it again makes up for what was cut short.
        """
        self.unlock()
        try:
            if new is None:
                self._lay(None)
                remove(self.folder / WRAPPING)
                return
            around = self.wrapping_key() or WrappingKey.fresh()
            replace(self.folder / WRAPPING, wrapping.locked(around, new))
            self._lay(around)
        except OSError as error:
            raise EnvironmentFault(
                f"The disk failed while the passphrase was changed: {error.strerror}. Do it again."
            ) from error

    def in_the_open(self) -> tuple[str, ...]:
        """Return the names of the private keys that lie in the open."""
        found = []
        for name, wrapped in ((log_key.NAME, log_key.is_wrapped), (seeds_key.NAME, seeds_key.is_wrapped)):
            if name == log_key.NAME and self.signs_elsewhere:
                continue
            with self.opening(name) as data:
                found += [] if wrapped(data) else [name]
        return tuple(found)

    def unlock(self) -> None:
        """Return once the private keys have been opened: the passphrase is asked for now, and not half way through work."""
        self.signer()
        self.salts()

    @property
    def signs_elsewhere(self) -> bool:
        """Tell whether the signing key lies in a hardware module or a service."""
        return (self.folder / external.NAME).exists()

    def signer(self) -> Ed25519Signer | ExternalSigner:
        """Return the signer; raises EnvironmentFault if its key is missing, damaged or needs another passphrase.

        A key that lies elsewhere is not asked for before it signs.
        """
        if self.signs_elsewhere:
            with self.opening(external.NAME) as data:
                return ExternalSigner(external.address(data), self.verifier(), self.ask_pin)
        with self.opening(log_key.NAME) as data:
            private = log_key.read(data, self.wrapping_key())
        signer = Ed25519Signer(self.verifier().key.name, private)
        if signer.verifier != self.verifier():
            raise EnvironmentFault(f"The keys {log_key.NAME} and {PUBLIC} in {self.folder} do not belong together.")
        return signer

    def verifier(self) -> Ed25519Verifier:
        """Return what checks the signatures of the log's present key."""
        with self.opening(PUBLIC) as data:
            return Ed25519Verifier.parse(data.decode("utf-8", errors="replace"))

    def history(self) -> KeyHistory:
        """Return what checks the log's signatures of all times: its keys, each from its size on."""
        if not (self.folder / HISTORY).exists():
            return KeyHistory((KeyStep(0, self.verifier()),))
        with self.opening(HISTORY) as data:
            return KeyHistory.parse(data.decode("utf-8", errors="replace"), Ed25519Verifier.parse)

    def salts(self) -> SealedSalts:
        """Return the source of salts; raises EnvironmentFault if its key is missing, damaged or needs another passphrase."""
        with self.opening(seeds_key.NAME) as data:
            return SealedSalts(*seeds_key.read(data, self.wrapping_key()))

    def renew_seeds_key(self) -> SealedSalts:
        """Return a source of salts with a new key, which is in the folder; the earlier ones are kept behind it."""
        with self.opening(seeds_key.NAME) as data:
            around = self.wrapping_key()
            keys = (secrets.token_bytes(SEED_BYTES), *seeds_key.read(data, around))
            again = seeds_key.written(keys, around)
        try:
            replace(self.folder / seeds_key.NAME, again)
        except OSError as error:
            raise EnvironmentFault(
                f"The key {self.folder / seeds_key.NAME} cannot be written: {error.strerror}."
            ) from error
        return SealedSalts(*keys)

    def _lay(self, around: WrappingKey | None) -> None:
        """Write those private keys anew that do not lie as they should: under the wrapping key, or in the open."""
        before = self.wrapping_key() if around is None else around
        names = (seeds_key.NAME,) if self.signs_elsewhere else (seeds_key.NAME, log_key.NAME)
        for name in names:
            if (name in self.in_the_open()) is (around is None):
                continue
            with self.opening(name) as data:
                if name == log_key.NAME:
                    again = log_key.written(log_key.read(data, before), around)
                else:
                    again = seeds_key.written(seeds_key.read(data, before), around)
            replace(self.folder / name, again)

    def wrapping_key(self) -> WrappingKey | None:
        """Return what the private keys lie under, having asked for the passphrase; None where they lie in the open."""
        if not self.has_passphrase:
            return None
        try:
            return self._unlocked(self.ask())
        except Shut as error:
            raise EnvironmentFault(f"The passphrase does not open {self.folder / WRAPPING}.") from error

    def _unlocked(self, passphrase: bytes) -> WrappingKey:
        with self.opening(WRAPPING) as data:
            return wrapping.unlocked(data, passphrase)

    @contextmanager
    def opening(self, name: str) -> Iterator[bytes]:
        """Yield the file's bytes; what is wrong with them is told by the file's name."""
        path = self.folder / name
        try:
            yield path.read_bytes()
        except OSError as error:
            raise EnvironmentFault(f"The key {path} cannot be read: {error.strerror}.") from error
        except BadInput as error:
            raise EnvironmentFault(f"The key {path} is damaged. {error}") from error
        except Shut as error:
            if name == WRAPPING:
                raise
            raise EnvironmentFault(f"The key {path} was not made under {WRAPPING} beside it, or is damaged.") from error
