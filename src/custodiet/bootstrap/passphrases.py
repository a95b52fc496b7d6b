"""Where the passphrase of a vault's keys comes from: the surroundings, or else the one at the keyboard.

The first of these that is there: the file that `CUSTODIET_PASSPHRASE_FILE` names; the file `custodiet-passphrase` in the
folder of systemd's credentials (`LoadCredential=` of systemd.exec); the variable `CUSTODIET_PASSPHRASE`; the terminal.
"""

from __future__ import annotations

import os
import sys
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
    if found is None and not _at_terminal():
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
        if not _at_terminal():
            raise EnvironmentFault(f"The keys in {folder} lie under a passphrase. {_WAYS}.")
        _typed[folder] = _typed_for(folder)
    return _typed[folder]


def given_passphrase() -> bytes | None:
    """Return the passphrase that the surroundings give, None where they give none."""
    named = os.environ.get(FILE)
    if named:
        return _from_file(Path(named))
    credential = Path(os.environ.get(CREDENTIALS, ""), CREDENTIAL)
    if os.environ.get(CREDENTIALS) and credential.exists():
        return _from_file(credential)
    value = os.environ.get(VALUE)
    return os.fsencode(value) if value else None


def _from_file(path: Path) -> bytes:
    """Return the file's bytes without one line end behind them, which editors put there."""
    try:
        found = path.read_bytes().removesuffix(b"\n").removesuffix(b"\r")
    except OSError as error:
        raise EnvironmentFault(f"The passphrase file {path} cannot be read: {error.strerror}.") from error
    if not found:
        raise EnvironmentFault(f"The passphrase file {path} is empty.")
    return found


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _typed_twice() -> bytes:
    first = _ask("New passphrase for the keys: ")
    if _ask("The same again: ") != first:
        raise UsageError("The two passphrases are not the same; nothing was made.")
    return first


def _typed_for(folder: Path) -> bytes:
    keys = KeyFolder(folder)
    for _ in range(_TRIES):
        passphrase = _ask(f"Passphrase of {folder}: ")
        if keys.opens_with(passphrase):
            return passphrase
    raise EnvironmentFault(f"None of the passphrases opens the keys in {folder}.")


def _ask(prompt: str) -> bytes:
    try:
        return getpass(prompt).encode("utf-8", errors="surrogateescape")
    except EOFError as error:
        raise EnvironmentFault("No passphrase was typed.") from error
