"""The commands that put the log into other people's hands: export it, check an export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, print_json, shown, times
from custodiet.cli.progress import progress


def register(ledger: App) -> None:
    """Add the commands."""
    ledger.command(export)
    ledger.command(check_export)


def export(
    vault: VaultFolder,
    /,
    *,
    static: Annotated[Path, Parameter(help="The folder to export to: a new one, or one that holds an earlier export.")],
    as_json: Json = False,
) -> int:
    """Write the log's checkpoint, tiles and entries as C2SP tlog-tiles lays them out, for anyone to check or mirror.

    The export shows nothing personal: entries hold salted digests. A second export into the same folder adds what is new.

    Example: `custodiet ledger export wessex --static public`
    """
    from custodiet import bootstrap

    with progress(silent=as_json) as told:
        done = bootstrap.export_log(vault, static, told)
    if as_json:
        print_json("export/1", {"folder": static, "exported": done})
        return 0
    console().print(
        f"Exported {times(done.size, 'entry', 'entries')}, {done.size - done.before:,} of them new, to {shown(str(static))}:"
        f" {times(done.written, 'file', 'files')} written. Root {done.root.hex()}."
    )
    return 0


def check_export(
    folder: Annotated[Path, Parameter(help="The folder of the export.", show_default=False)],
    /,
    *,
    key: Annotated[str, Parameter(help="The log's public key (name+id+key), or a file with it: ledger/keys/log.vkey.")],
    as_json: Json = False,
) -> int:
    """Check an export as an outsider: make the tree anew from its entries, and hold signature, root and every tile to it.

    Needs no vault. Ends with 1 where something is wrong, and names the file and the first entry.

    Example: `custodiet ledger check-export public --key wessex/ledger/keys/log.vkey`
    """
    from custodiet import bootstrap

    with progress(silent=as_json) as told:
        found = bootstrap.check_export(folder, key, told)
    if as_json:
        print_json("check_export/1", {"ok": True, "checked": found})
        return 0
    out = console()
    out.print(f"[bold green]Checked[/bold green]: {times(found.size, 'entry', 'entries')} of {shown(found.origin)}.")
    out.print(
        f"The entries give the signed root {found.root.hex()}, and all {times(found.tiles, 'tile', 'tiles')} are theirs."
    )
    if found.pruned:
        out.print(
            f"{times(found.pruned, 'bundle', 'bundles')} below the minimum index left out: their entries were dropped."
        )
    if found.beyond:
        out.print(
            f"{times(found.beyond, 'file lies', 'files lie')} beyond the checkpoint: an export is under way, or was cut short."
        )
    return 0
