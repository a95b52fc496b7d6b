"""A small vault for tests of witnessing, and what an attacker does who has its disk and its key."""

from __future__ import annotations

import shutil
from pathlib import Path

from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from support.command_line import said
from support.ledgers import deed
from support.witnesses import Serving, policy_text


def made_vault(folder: Path) -> Path:
    """Make a vault with a few entries."""
    assert said("init", folder, "--organisation", "county.example").code == 0
    commit(folder, 2)
    return folder


def commit(vault: Path, count: int, act: str = "show") -> int:
    """Commit entries one by one; return the size."""
    ledger = VaultLedger(Vault(vault))
    for _ in range(count):
        ledger.enter_deed(deed(act))
    return ledger.read().size


def key_of(vault: Path) -> str:
    """Return the public key of the vault's log."""
    return (vault / "ledger" / "keys" / "log.vkey").read_text().strip()


def put_policy(vault: Path, text: str) -> None:
    """Put the policy into force."""
    file = vault.with_name(f"{vault.name}-policy.txt")
    file.write_text(text)
    told = said("ledger", "policy", vault, "--set", file)
    assert told.code == 0, told.err


def copied(vault: Path, name: str) -> Path:
    """Return a copy of the vault, beside it: the state to which an attacker can bring it back."""
    return Path(shutil.copytree(vault, vault.with_name(name)))


def put_in_place(vault: Path, other: Path) -> None:
    """Put the other vault in the place of this one, as one can who has the disk."""
    shutil.rmtree(vault)
    shutil.copytree(other, vault)


def policy_text_of(witness: Serving) -> str:
    """Return a policy that asks for this witness."""
    return policy_text("any", northby=(witness.key, witness.url))
