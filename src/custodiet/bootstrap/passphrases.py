"""Where the passphrase of a vault's keys comes from: the surroundings, or else the one at the keyboard.

The first of these that is there: the file that `CUSTODIET_PASSPHRASE_FILE` names; the file `custodiet-passphrase` in the
folder of systemd's credentials (`LoadCredential=` of systemd.exec); the variable `CUSTODIET_PASSPHRASE`; the terminal.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path

from custodiet.errors import EnvironmentFault, UsageError
from custodiet.signing.key_folder import KeyFolder

FILE, CREDENTIALS, VALUE = "CUSTODIET_PASSPHRASE_FILE", "CREDENTIALS_DIRECTORY", "CUSTODIET_PASSPHRASE"
NEXT_FILE, NEXT_VALUE = "CUSTODIET_NEW_PASSPHRASE_FILE", "CUSTODIET_NEW_PASSPHRASE"
CREDENTIAL = "custodiet-passphrase"
#: Whoever has a copy of the keys may guess for as long as he likes.
LEAST_CHARACTERS = 12
_TRIES = 3
_WAYS = f"Put it into a file that {FILE} names, a systemd credential {CREDENTIAL}, or {VALUE}"

#: What was typed and opened the keys, by their folder: nobody types twice in one process.
_typed: dict[Path, bytes] = {}


def new_passphrase() -> bytes:
    """Return the passphrase for keys that are being made; raises UsageError where there is none or it is too short."""
    return _chosen(given_passphrase(), _WAYS)


def next_passphrase() -> bytes:
    """Return the passphrase that comes after the present one, from variables of its own or the terminal; raises UsageError."""
    named, value = os.environ.get(NEXT_FILE), os.environ.get(NEXT_VALUE)
    found = _from_file(Path(named)) if named else os.fsencode(value) if value else None
    return _chosen(found, f"Put the new one into a file that {NEXT_FILE} names, or {NEXT_VALUE}")


def forget_typed() -> None:
    """What was typed in this process is not used again."""
    _typed.clear()


def _chosen(found: bytes | None, ways: str) -> bytes:
    if found is None and not at_terminal():
        raise UsageError(
            f"The keys of a vault need a passphrase. {ways}, or say --no-passphrase where nothing is worth protecting."
        )
    passphrase = _typed_twice() if found is None else found
    if len(passphrase.decode("utf-8", errors="replace")) < LEAST_CHARACTERS:
        raise UsageError(f"The passphrase is too short: it needs at least {LEAST_CHARACTERS} characters.")
    return passphrase


def passphrase_of(folder: Path) -> bytes:
    """Return the passphrase of the keys in the folder; raises EnvironmentFault where there is none."""
    found = given_passphrase()
    if found is not None:
        return found
    if folder not in _typed:
        if not at_terminal():
            raise EnvironmentFault(f"The keys in {folder} lie under a passphrase. {_WAYS}.")
        _typed[folder] = _typed_for(folder)
    return _typed[folder]


def given_passphrase() -> bytes | None:
    """Return the passphrase that the surroundings give, None where they give none."""
    return SecretSource(what="passphrase", file=FILE, credential=CREDENTIAL, value=VALUE).given()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSource:
    """Where the surroundings may hold a secret: the names of a variable that names a file, a credential and a variable."""

    what: str
    file: str
    credential: str
    value: str

    def given(self) -> bytes | None:
        """Return the secret, None where there is none; raises EnvironmentFault for a file that cannot be read."""
        named = os.environ.get(self.file)
        if named:
            return _from_file(Path(named), self.what)
        credential = Path(os.environ.get(CREDENTIALS, ""), self.credential)
        if os.environ.get(CREDENTIALS) and credential.exists():
            return _from_file(credential, self.what)
        value = os.environ.get(self.value)
        return os.fsencode(value) if value else None


def _from_file(path: Path, what: str = "passphrase") -> bytes:
    """Return the file's bytes without one line end behind them, which editors put there."""
    try:
        found = path.read_bytes().removesuffix(b"\n").removesuffix(b"\r")
    except OSError as error:
        raise EnvironmentFault(f"The {what} file {path} cannot be read: {error.strerror}.") from error
    if not found:
        raise EnvironmentFault(f"The {what} file {path} is empty.")
    return found


def at_terminal() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def _typed_twice() -> bytes:
    first = asked("New passphrase for the keys: ")
    if asked("The same again: ") != first:
        raise UsageError("The two passphrases are not the same; nothing was made.")
    return first


def _typed_for(folder: Path) -> bytes:
    keys = KeyFolder(folder)
    for _ in range(_TRIES):
        passphrase = asked(f"Passphrase of {folder}: ")
        if keys.opens_with(passphrase):
            return passphrase
    raise EnvironmentFault(f"None of the passphrases opens the keys in {folder}.")


def asked(prompt: str) -> bytes:
    """Return what somebody types unseen; raises EnvironmentFault at the end of input."""
    try:
        return getpass(prompt).encode("utf-8", errors="surrogateescape")
    except EOFError as error:
        raise EnvironmentFault("No passphrase was typed.") from error
