"""The journal of a vault, for records that must be acknowledged within milliseconds; and the commit that enters them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from custodiet.app.vault import Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.logstore.journal import Journal
from custodiet.logstore.layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What a commit of the journal came to."""

    entered: int  # records that waited
    size: int
    root: bytes


def journal(folder: Path) -> Journal:
    """Return the journal of the vault; raises Refused for a login that the vault does not know."""
    vault = Vault(folder)
    vault.settings()
    vault.principal(login())
    return Journal(Layout(vault.ledger))


def commit_journal(folder: Path) -> Committed:
    """Enter what waits in the journal in the ledger; raises Locked while another process writes."""
    vault = Vault(folder)
    vault.settings()
    vault.principal(login())
    ledger = VaultLedger(vault)
    with ledger.write() as writer:
        before = ledger.read().size
        checkpoint = writer.commit()
    return Committed(entered=checkpoint.size - before, size=checkpoint.size, root=checkpoint.root)
