"""The commands about the log itself: `custodiet ledger ...`."""

from __future__ import annotations

from cyclopts import App

#: The sub-command; each module with commands of it adds its own.
ledger = App(name="ledger", help="Export, erase, keep and vouch for the log itself.")


def register(app: App) -> None:
    """Add the sub-command."""
    app.command(ledger)
