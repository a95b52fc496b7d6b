"""The commands that keep the keys of a log: passphrase, copies, new keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from custodiet.cli.options import Json, Reason, VaultFolder
from custodiet.cli.printing import console, print_json, shown, times
from custodiet.errors import UsageError


def register(ledger: App) -> None:
    """Add the commands."""
    for command in (change_passphrase, backup_keys, renew_seeds_key, rotate_key, compromised):
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


def rotate_key(
    vault: VaultFolder,
    /,
    *,
    key_uri: Annotated[
        str | None,
        Parameter(
            help="Hand over to the key at this address, in a hardware module or a key service. Needs `custodiet[hsm]`."
        ),
    ] = None,
    public_key: Annotated[
        Path | None, Parameter(help="The public key at --key-uri, Ed25519: PEM, or 32 bytes in base64.")
    ] = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Sign the log with a new key from now on. The present key vouches for it in a record, and both sign that checkpoint.

    Checkpoints of before stay good; one of later that the present key alone signed is refused. Tell the new public key to
    witnesses, and to everybody who checks the log.

    Example: `custodiet ledger rotate-key wessex --reason "yearly"`
    """
    from custodiet import bootstrap

    if (key_uri is None) is not (public_key is None):
        msg = "--key-uri and --public-key go together"
        raise UsageError(msg)
    elsewhere = bootstrap.Elsewhere(uri=key_uri, public_key=public_key) if key_uri and public_key else None
    rotated = bootstrap.rotate_key(vault, reason=reason, elsewhere=elsewhere)
    if as_json:
        print_json("rotation/1", {"rotated": rotated})
        return 0
    out = console()
    out.print(f"The key was handed over at {rotated.size:,} entries; that checkpoint bears both signatures.")
    out.print(f"The new public key: {rotated.key}", soft_wrap=True)
    out.print("Tell it to witnesses and to everybody who checks this log, and copy the keys again now.")
    return 0


def compromised(
    vault: VaultFolder,
    /,
    *,
    above: Annotated[
        int,
        Parameter(name="--from", help="The last size that somebody outside vouches for: a witness, a kept checkpoint."),
    ],
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Declare that a signing key may have been stolen: what it signed above that size proves nothing by itself.

    If the key still signs, it hands over to a new one first. Verification and proofs say what was declared. A declaration in
    the log is not enough: the thief could make one too. Tell everybody who checks the log, by another way.

    Example: `custodiet ledger compromised wessex --from 1705 --reason "stolen laptop"`
    """
    from custodiet import bootstrap

    declared = bootstrap.declare_compromised(vault, above, reason=reason)
    if as_json:
        print_json("compromise/1", {"declared": declared})
        return 0
    out = console()
    out.print(f"Declared at {declared.size:,} entries: signatures of this key above {declared.above:,} prove nothing.")
    out.print(f"The key: {declared.compromised}", soft_wrap=True)
    out.print(f"The key that signs from {declared.until:,} entries on: {declared.key}", soft_wrap=True)
    out.print("Tell everybody who checks this log, by another way than the log, and copy the keys again now.")
    return 0
