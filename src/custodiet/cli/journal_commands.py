"""The command that enters what waits in the journal."""

from __future__ import annotations

from cyclopts import App

from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, print_json, times


def register(app: App) -> None:
    """Add the command of this module."""
    app.command(commit)


def commit(vault: VaultFolder, /, *, as_json: Json = False) -> int:
    """Enter what waits in the journal: looks, and whatever programs had acknowledged. Every command that writes does so too.

    Also clears up after a writer that was cut short, and says what it did.

    Example: `custodiet ledger commit wessex`
    """
    from custodiet import bootstrap

    done = bootstrap.commit_journal(vault)
    if as_json:
        print_json("commit/1", {"entered": done.entered, "size": done.size, "root": done.root})
        return 0
    records = times(done.entered, "record that waited", "records that waited")
    console().print(f"Entered {records}; the ledger has {done.size:,} entries, root {done.root.hex()}.")
    return 0
