"""The desk at which a principal sits at this keyboard, with the journal in which his looks are recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from custodiet.app.permissions import Desk
from custodiet.app.vault import Vault
from custodiet.bootstrap.identity import login
from custodiet.errors import BadInput, EnvironmentFault, UsageError
from custodiet.logstore.journal import Journal
from custodiet.logstore.layout import Layout
from custodiet.model.looks import Deed


@dataclass(frozen=True, slots=True)
class JournalRecorder:
    """Records looks in the journal of a vault's ledger."""

    vault: Vault

    def record(self, deed: Deed) -> None:
        """The look is on the disk and enters the ledger with the next commit; raises EnvironmentFault where it cannot be."""
        try:
            with Journal(Layout(self.vault.ledger)) as journal:
                journal.append(deed)
        except BadInput as error:
            msg = f"this look could not be recorded, so nothing is shown: {error}"
            raise UsageError(msg) from error
        except EnvironmentFault as fault:
            msg = f"this look could not be recorded, so nothing is shown. {fault}"
            raise EnvironmentFault(msg) from fault


def desk_in(folder: Path) -> Desk:
    """Return the desk of whoever sits here, now, in the vault."""
    vault = Vault(folder)
    return Desk(vault=vault, login=login(), recorder=JournalRecorder(vault), now=datetime.now(UTC))
