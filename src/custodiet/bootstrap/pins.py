"""Where the PIN of a signing key in a hardware module comes from: sources like those of the passphrase, under names of its own.

The first of these that is there: the file that `CUSTODIET_PIN_FILE` names; systemd's credential `custodiet-pin`; the
variable `CUSTODIET_PIN`; the terminal, where it is asked for once: many modules lock themselves after a few wrong ones.
"""

from __future__ import annotations

from pathlib import Path

from custodiet.bootstrap.passphrases import SecretSource, asked, at_terminal
from custodiet.errors import EnvironmentFault

_PIN = SecretSource(what="PIN", file="CUSTODIET_PIN_FILE", credential="custodiet-pin", value="CUSTODIET_PIN")

#: What was typed, by the folder of keys: nobody types twice in one process.
_typed: dict[Path, bytes] = {}


def pin_of(folder: Path) -> bytes:
    """Return the PIN of the signing key that the folder names; raises EnvironmentFault where there is none."""
    found = _PIN.given()
    if found is not None:
        return found
    if folder not in _typed:
        if not at_terminal():
            raise EnvironmentFault(
                f"The signing key wants a PIN. Put it into a file that {_PIN.file} names, a systemd credential"
                f" {_PIN.credential}, or {_PIN.value}."
            )
        _typed[folder] = asked("PIN of the signing key: ")
    return _typed[folder]
