"""The commands about the log itself: `custodiet ledger ...`."""

from __future__ import annotations

from cyclopts import App

from custodiet.cli import (
    completeness_commands,
    export_commands,
    hold_commands,
    journal_commands,
    key_commands,
    lean_commands,
    redaction_commands,
    retain_commands,
    witnessing_commands,
)

#: The sub-command; each module with commands of it adds its own.
ledger = App(name="ledger", help="Export, erase, keep and vouch for the log itself.")
_MODULES = (
    completeness_commands,
    export_commands,
    hold_commands,
    journal_commands,
    key_commands,
    lean_commands,
    redaction_commands,
    retain_commands,
    witnessing_commands,
)


def register(app: App) -> None:
    """Add the sub-command with its commands."""
    for module in _MODULES:
        module.register(ledger)
    app.command(ledger)
