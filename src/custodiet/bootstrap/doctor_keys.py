"""Examining the keys of a vault: do they open, belong together, and open everything that rests on them?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from custodiet.app.health import Check, fail, guarded, ok, warn
from custodiet.bootstrap.keeping import COPY_PLACE, digest_of_keys
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.errors import EnvironmentFault
from custodiet.logstore.opened_sample import opened_sample
from custodiet.logstore.sealed_seeds import shut_seeds
from custodiet.signing.external import PROBE
from custodiet.signing.key_folder import KeyFolder

_RESTORE = "Restore ledger/keys from its copy."
_STILL = "What still can be proven: the tree, and that checkpoints belong to it (custodiet verify --tree-only)."


def examine_keys(ledger: VaultLedger) -> Iterator[Check]:
    """Yield how the signing key, the key of the seeds, the passphrase and the permissions are."""
    keys = ledger.keys
    yield from guarded("signing key", partial(_signing_key, keys), _RESTORE)
    yield from guarded("key of the seeds", partial(_seeds_key, keys), f"{_RESTORE} {_STILL}")
    yield from guarded("passphrase", partial(_passphrase, ledger), _RESTORE)
    yield from guarded("permissions", partial(_permissions, keys.folder), _RESTORE)


def examine_seeds(ledger: VaultLedger) -> Iterator[Check]:
    """Yield whether every sealed seed opens in its place, and whether a sample of entries is what was signed."""
    log, salts = ledger.read().log, ledger.keys.salts()
    count, shut = shut_seeds(log, salts)
    if shut:
        said = f"{len(shut):,} of {count:,} do not open. {shut[0]}"
        yield fail("seeds", said, f"Restore ledger/keys/seeds from the copy of the keys. {_STILL}")
    else:
        yield ok("seeds", f"all {count:,} open in their places")
    opened, wrong = opened_sample(log, salts)
    if wrong:
        yield fail(
            "entries", f"{len(wrong):,} of {opened:,} opened. {wrong[0]}", "Run custodiet verify: it names the part."
        )
    else:
        yield ok("entries", f"{opened:,} opened; rows and salts give the leaves that were signed")


def examine_copy(ledger: VaultLedger) -> Iterator[Check]:
    """Yield whether the copy of the keys that was made last is there, and like the keys of today."""
    place, how = ledger.vault.folder / COPY_PLACE, "custodiet ledger backup-keys VAULT FOLDER"
    if not place.exists():
        yield warn("copy of the keys", "none was made with backup-keys", f"Make one on another disk: {how}.")
        return
    copy = Path(json.loads(place.read_text(encoding="utf-8"))["folder"])
    if not (copy / "keys").is_dir():
        yield warn("copy of the keys", f"{copy} is not there", f"Put its disk in, or make another: {how}.")
    elif digest_of_keys(copy / "keys") != digest_of_keys(ledger.keys.folder):
        yield warn(
            "copy of the keys", f"{copy} is not like the keys of today", f"If these are well, make it anew: {how}."
        )
    else:
        yield ok("copy of the keys", f"{copy} is like the keys of today")


def _signing_key(keys: KeyFolder) -> Iterator[Check]:
    try:
        signer = keys.signer()
        if keys.signs_elsewhere:
            signer.sign(PROBE)
    except EnvironmentFault as fault:
        still = "What is there can still be verified; nothing new can be signed."
        remedy = "Look at the module or service, its PIN and its surroundings." if keys.signs_elsewhere else _RESTORE
        yield fail("signing key", str(fault), f"{remedy} {still}")
        return
    public, does = signer.verifier.key, "lies elsewhere, signs" if keys.signs_elsewhere else "opens"
    yield ok("signing key", f"{does}, and belongs to {public.name}+{public.key_id.hex()}")


def _seeds_key(keys: KeyFolder) -> Iterator[Check]:
    keys.salts()
    yield ok("key of the seeds", "opens")


def _passphrase(ledger: VaultLedger) -> Iterator[Check]:
    keys, change = ledger.keys, "custodiet ledger change-passphrase VAULT"
    if not keys.has_passphrase:
        said = "none: the private keys lie in the open"
        made_up = ledger.vault.settings().invented
        yield (
            ok("passphrase", f"{said} (made-up records)")
            if made_up
            else warn("passphrase", said, f"Set one: {change}.")
        )
    elif keys.in_the_open():
        said = f"{', '.join(keys.in_the_open())} in the open: a change was cut short"
        yield warn("passphrase", said, f"Do it again: {change}.")
    else:
        yield ok("passphrase", "the private keys lie under one")


def _permissions(folder: Path) -> Iterator[Check]:
    if folder.stat().st_mode & 0o077:
        said = f"{folder} is open to others (mode {folder.stat().st_mode & 0o777:o})"
        yield fail("permissions", said, f"chmod 700 {folder}; if others may have read it, treat the keys as stolen.")
        return
    loose = [path.name for path in folder.iterdir() if path.is_file() and path.stat().st_mode & 0o077]
    if loose:
        yield warn("permissions", f"{', '.join(sorted(loose))}: others could read them", f"chmod 600 {folder}/*.")
    else:
        yield ok("permissions", "keys are for their owner alone")
