"""A small vault of an invented force whose pack lacks two templates: what they said is what the miner has to find again."""

from __future__ import annotations

import json
import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from custodiet import bootstrap
from custodiet.explain.included import shipped

#: Accounts that every Linux has; whoever runs the tests sits at none of them.
ANN, BEN, CAT = (pwd.getpwnam(name) for name in ("daemon", "nobody", "bin"))
#: The narrow template that the miner must find again, and the wide one that it must not.
NARROW, WIDE = "task_person", "area_incident"
_ROLES = {
    ANN.pw_name: ("administrator", "analyst"),
    BEN.pw_name: ("investigator",),
    CAT.pw_name: ("appropriate_authority",),
}


@dataclass(frozen=True, slots=True)
class Place:
    """The vault, and a folder for what is made beside it."""

    vault: Path
    beside: Path


@contextmanager
def sitting(account: pwd.struct_passwd) -> Iterator[None]:
    """Whatever runs within the block is run by that account of the operating system."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "getuid", lambda: account.pw_uid)
        yield


def made(folder: Path) -> Place:
    """Make the vault, take in a week of some 450 people, and audit it."""
    pack, vault = folder / "pack", folder / "vault"
    shutil.copytree(shipped(), pack)
    for name in (NARROW, WIDE):
        (pack / "templates" / f"{name}.toml").unlink()
    bootstrap.simulate(folder / "force", bootstrap.World(scale=0.02, seed=2016, days=7), _unheard)
    founding = bootstrap.Founding(organisation="wessexvale.example", name="mining", invented=True, pack=str(pack))
    bootstrap.init(vault, founding, passphrase=None)
    bootstrap.take_in_force(vault, folder / "force", _unheard)
    bootstrap.audit(vault)
    lines = [
        f'[principals."{login}"]\nstaff = "{9000 + number}"\nroles = {json.dumps(list(roles))}\n'
        for number, (login, roles) in enumerate(_ROLES.items(), 1)
    ]
    (vault / "principals.toml").write_text("\n".join(lines))
    return Place(vault, folder)


def _unheard(stage: str, done: int, total: int | None) -> None:
    """Nobody is told."""
