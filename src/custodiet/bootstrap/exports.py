"""The log for others: exported in a layout that their tools know, and such an export checked."""

from __future__ import annotations

from pathlib import Path

from custodiet.app.ports import Told, unheard
from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.outputs import writing_to
from custodiet.ledger.static_check import CheckedExport
from custodiet.ledger.static_check import check_export as check_static
from custodiet.logstore.hashing import tile_roots
from custodiet.logstore.log import Log
from custodiet.logstore.static_export import Exported, export_static
from custodiet.logstore.static_folder import StaticFolder
from custodiet.signing.ed25519 import Ed25519Verifier


def export_log(folder: Path, static: Path, told: Told = unheard) -> Exported:
    """Make the folder `static` an export of the vault's log in the layout of C2SP tlog-tiles, or bring it up to date."""
    vault = Vault(folder)
    vault.settings()
    keys = VaultLedger(vault).keys
    verifier = keys.history()

    def hear(done: int, total: int) -> None:
        told("export", done, total)

    with writing_to(static):
        return export_static(Log.open(vault.ledger, verifier), keys.salts(), verifier, StaticFolder(static), told=hear)


def check_export(static: Path, key: str, told: Told = unheard) -> CheckedExport:
    """Return what held of the export under that verifier key, given as text or in a file; raises VerificationFailed."""
    file = Path(key)
    text = file.read_text("utf-8") if "+" not in key and file.is_file() else key

    def hear(done: int, total: int) -> None:
        told("check", done, total)

    return check_static(StaticFolder(static), Ed25519Verifier.parse(text), tile_roots, hear)
