"""The command that makes a log lean for an archive."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, print_json, times
from custodiet.cli.progress import progress


def register(ledger: App) -> None:
    """Add the command."""
    ledger.command(lean)


def lean(
    vault: VaultFolder,
    /,
    *,
    undo: Annotated[bool, Parameter(negative=(), help="Store all leaf hashes again.")] = False,
    as_json: Json = False,
) -> int:
    """Leave out the stored hashes that the ledger's rows can give again: 32 bytes an entry become less than one.

    Verifies everything first, and changes nothing where something is wrong. Proofs then take the rows and the salt seeds.

    Example: `custodiet ledger lean wessex`
    """
    from custodiet import bootstrap

    with progress(silent=as_json) as told:
        done = bootstrap.store_leaves(vault, whole=undo, told=told)
    if as_json:
        print_json("lean/1", {"leaves": done})
        return 0
    console().print(
        f"Verified {done.size:,} entries. Leaf hashes: {done.before:,} bytes before, {done.now:,} now;"
        f" left out below entry {done.first:,}, but for {times(done.kept, 'tile', 'tiles')} that earlier checkpoints end in."
        if done.first
        else f"Verified {done.size:,} entries. All leaf hashes are stored: {done.before:,} bytes before, {done.now:,} now."
    )
    return 0
