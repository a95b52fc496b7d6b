"""Principals of a vault, who sit at the keyboard in turn; and a small vault of invented looks."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.command_line import Said, said

#: Accounts that every Linux has; whoever runs the tests sits at none of them.
ONE, OTHER = pwd.getpwnam("daemon"), pwd.getpwnam("nobody")
#: A third, for what concerns one of the two.
THIRD = pwd.getpwnam("bin")

MAPPING = """
source = "casefile"
yields = "access"
version = 1
[read]
format = "csv"
[time]
zone = "Europe/London"
[fields.source_event_id]
from = "id"
[fields.occurred_at]
from = "at"
format = "%d/%m/%Y %H:%M:%S"
[fields.operator]
from = "staff"
[fields.subject]
from = "person"
[fields.subject_kind]
value = "person"
[fields.system]
value = "CASEFILE"
[fields.action]
value = "consultation"
[fields.channel]
value = "view"
"""


@contextmanager
def sitting(account: pwd.struct_passwd) -> Iterator[None]:
    """Whatever runs within the block is run by that account of the operating system."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "getuid", lambda: account.pw_uid)
        yield


def said_by(account: pwd.struct_passwd, *words: object) -> Said:
    """Return what the command says to that account."""
    with sitting(account):
        return said(*words)


def admit(
    vault: Path,
    one: Sequence[str] = ("administrator", "analyst", "records_manager"),
    other: Sequence[str] = ("records_manager", "analyst"),
    staff: tuple[str, str] = ("9001", "9002"),
) -> None:
    """They are principals of the vault, the first two with these roles and staff numbers."""
    lines = []
    for account, roles, number in (
        (ONE, one, staff[0]),
        (OTHER, other, staff[1]),
        (THIRD, ("records_manager",), "9003"),
    ):
        lines.append(f'[principals."{account.pw_name}"]\nstaff = "{number}"\nroles = {json.dumps(list(roles))}\n')
    (vault / "principals.toml").write_text("\n".join(lines))


def small_vault(folder: Path, rows: Sequence[tuple[str, str, str, str]]) -> Path:
    """Make a vault that took in these looks (id, time, staff number, subject) in one file, and both are its principals."""
    vault, mapping, file = folder / "vault", folder / "looks.toml", folder / "looks.csv"
    mapping.write_text(MAPPING)
    write_looks(file, rows)
    with sitting(ONE):
        assert said("init", vault, "--organisation", "county.example", "--no-passphrase").code == 0
        admit(vault)
        assert said("ingest", vault, file, "--mapping", mapping).code == 0
    return vault


def write_looks(file: Path, rows: Sequence[tuple[str, str, str, str]]) -> Path:
    """Write looks as the invented source delivers them."""
    file.write_text("id,at,staff,person\n" + "".join(",".join(row) + "\n" for row in rows))
    return file
