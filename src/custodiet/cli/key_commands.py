"""The commands that keep the keys of a log: passphrase, copies, new keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, print_json, shown, times


def register(ledger: App) -> None:
    """Add the commands."""
    for command in (change_passphrase, backup_keys, renew_seeds_key):
        ledger.command(command)


def change_passphrase(
    vault: VaultFolder,
    /,
    *,
    no_passphrase: Annotated[
        bool, Parameter(negative=(), help="Leave the private keys in the open: whoever copies them has them.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Put the private keys under another passphrase.

    The present one is taken from where it always is; the new one from the file that `CUSTODIET_NEW_PASSPHRASE_FILE` names,
    from `CUSTODIET_NEW_PASSPHRASE`, or from the keyboard. Copies of the keys stay under the passphrase of their day.

    Example: `custodiet ledger change-passphrase wessex`
    """
    from custodiet import bootstrap

    changed = bootstrap.change_passphrase(vault, passphrase=None if no_passphrase else bootstrap.next_passphrase)
    if as_json:
        print_json("passphrase/1", {"vault": vault, "passphrase": changed.keys.has_passphrase})
        return 0
    out = console()
    if changed.keys.has_passphrase:
        out.print("The private keys lie under the new passphrase. Copies made before lie under the one before.")
    else:
        out.print("[bold]NO PASSPHRASE[/bold]: the private keys lie in the open. Never do this with real records.")
    return 0


def backup_keys(
    vault: VaultFolder,
    folder: Annotated[Path, Parameter(help="The folder of the copy, on another disk.", show_default=False)],
    /,
    *,
    as_json: Json = False,
) -> int:
    """Copy keys, sealed seeds and witness policy to a folder elsewhere, and open the copy there to see that it works.

    An earlier copy in that folder is replaced once the new one has been opened. Make one after each delivery: each brings new
    seeds; and after each erasure, or the copy still holds what was to be destroyed.

    Example: `custodiet ledger backup-keys wessex /media/safe/wessex-keys`
    """
    from custodiet import bootstrap

    copied = bootstrap.back_up_keys(vault, folder)
    if as_json:
        print_json("backup/1", {"copied": copied})
        return 0
    console().print(
        f"Copied {times(copied.files, 'file', 'files')} to {shown(str(folder))} at {copied.size:,} entries;"
        f" opened there: both keys and {times(copied.seeds, 'seed', 'seeds')}."
    )
    return 0


def renew_seeds_key(vault: VaultFolder, /, *, as_json: Json = False) -> int:
    """Seal every seed of the salts again under a new key: for when the key of the seeds may be known to others.

    If it is cut short nothing is lost; call it again.

    Example: `custodiet ledger renew-seeds-key wessex`
    """
    from custodiet import bootstrap

    count = bootstrap.renew_seeds_key(vault)
    if as_json:
        print_json("reseal/1", {"vault": vault, "sealed": count})
        return 0
    console().print(f"Sealed {times(count, 'seed', 'seeds')} again under a new key. Copy the keys again now.")
    return 0
