"""The stored hashes of a vault's log, made lean for an archive or whole again."""

from __future__ import annotations

from pathlib import Path

from custodiet.app.ports import Told, unheard
from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.logstore import lean
from custodiet.logstore.lean import LeafStore


def store_leaves(folder: Path, *, whole: bool = False, told: Told = unheard) -> LeafStore:
    """Leave out the leaf hashes that the rows can give again, once the rows were verified; or store them all again.

    Raises VerificationFailed, and changes nothing, if a row is not what was logged; Locked while another process writes.
    """
    vault = Vault(folder)
    vault.settings()
    keys = VaultLedger(vault).keys
    change = lean.make_whole if whole else lean.make_lean

    def hear(done: int, total: int) -> None:
        told("verify", done, total)

    return change(vault.ledger, keys.history(), keys.salts(), hear)
