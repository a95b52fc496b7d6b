"""Keeping the keys of a vault: another passphrase, a new key for the seeds, and a copy in another place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from custodiet.app.vault import Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.outputs import writing_to
from custodiet.bootstrap.passphrases import forget_typed, next_passphrase
from custodiet.errors import BadInput, EnvironmentFault, Refused, UsageError
from custodiet.ledger.canonical import canonical
from custodiet.logstore.files import replace, sync, sync_folder
from custodiet.logstore.layout import Layout
from custodiet.logstore.lock import writing
from custodiet.logstore.log import Log
from custodiet.logstore.sealed_seeds import reseal, shut_seeds
from custodiet.model.instants import rfc3339
from custodiet.model.looks import Deed

#: In a copy: what it is a copy of. In a vault: where its copy lies.
COPIED = "copied.json"
COPY_PLACE = "keys-copy.json"
_ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A copy of the keys that was made, and opened again where it lies."""

    folder: Path
    origin: str
    size: int
    files: int
    seeds: int


def change_passphrase(folder: Path, *, passphrase: bytes | Callable[[], bytes] | None = next_passphrase) -> VaultLedger:
    """The vault's private keys lie under another passphrase, or (None) in the open; the change is entered in the ledger."""
    ledger = kept_by_administrator(folder)
    ledger.keys.unlock()
    chosen = passphrase() if callable(passphrase) else passphrase
    enter_act(ledger, "change-passphrase")
    with _alone(ledger):
        ledger.keys.change_passphrase(chosen)
    forget_typed()
    return ledger


def renew_seeds_key(folder: Path) -> int:
    """The seeds lie under a new key, each of them; returns how many were sealed again. Cut short, it goes on where it was."""
    ledger = kept_by_administrator(folder)
    enter_act(ledger, "renew-seeds-key")
    with _alone(ledger) as log:
        salts = ledger.keys.renew_seeds_key()
        return reseal(log.layout, log, salts.resealed)


def back_up_keys(folder: Path, into: Path) -> Copied:
    """The folder holds a copy of keys, sealed seeds and policy that was opened where it lies; an older one there is replaced.

    Seeds that were destroyed since, because entries were erased, are in the new copy no more.
    """
    ledger = kept_by_administrator(folder)
    vault = ledger.vault
    if into.resolve().is_relative_to(vault.folder.resolve()):
        msg = f"a copy of the keys inside the vault ({into}) is lost with it; name a folder elsewhere"
        raise UsageError(msg)
    enter_act(ledger, "backup-keys")
    with _alone(ledger) as log, writing_to(into):
        prepared = into.with_name(into.name + ".unfinished")
        _check_ours(into)
        shutil.rmtree(prepared, ignore_errors=True)
        files = _copied(vault, prepared, log)
        seeds = _opened_there(prepared, ledger, log)
        _put_in_place(prepared, into)
        replace(vault.folder / COPY_PLACE, canonical({"folder": str(into.resolve())}).encode() + b"\n")
    return Copied(folder=into, origin=log.checkpoint.origin, size=log.size, files=files, seeds=seeds)


def digest_of_keys(keys: Path) -> str:
    """Return a digest of all files of a folder of keys; the same for a copy that is up to date."""
    lines = [f"{path.relative_to(keys)} {sha256(path.read_bytes()).hexdigest()}\n" for path in _files(keys)]
    return sha256("".join(lines).encode()).hexdigest()


def enter_act(ledger: VaultLedger, act: str, reason: str | None = None) -> None:
    """The act of the one at the keyboard is in the ledger."""
    now = datetime.now(UTC)
    ledger.enter_deed(Deed(principal=login(), act=act, object=None, purpose=None, reason=reason, at=now))


def kept_by_administrator(folder: Path) -> VaultLedger:
    """Return the ledger of the vault whose keys the one at the keyboard may keep; raises Refused."""
    vault = Vault(folder)
    vault.settings()
    if _ADMINISTRATOR not in vault.principal(login()).roles:
        msg = f"keys are kept by principals with the role {_ADMINISTRATOR}"
        raise Refused(msg)
    return VaultLedger(vault)


@contextmanager
def _alone(ledger: VaultLedger) -> Iterator[Log]:
    """Nobody writes inside the block; yields the log as it is."""
    with writing(Layout(ledger.vault.ledger).lock):
        yield Log.open(ledger.vault.ledger, ledger.keys.history())


def _check_ours(into: Path) -> None:
    if into.exists() and any(into.iterdir()) and not (into / COPIED).exists():
        msg = f"{into} holds other things"
        raise BadInput(msg, expected="an empty folder, or one with an earlier copy of the keys")


def _copied(vault: Vault, prepared: Path, log: Log) -> int:
    prepared.mkdir(mode=0o700, parents=True)
    keys = vault.ledger / "keys"
    shutil.copytree(keys, prepared / "keys", ignore=shutil.ignore_patterns("*.unfinished"))
    policy = vault.ledger / "policy.txt"
    if policy.exists():
        shutil.copyfile(policy, prepared / policy.name)
    about = {"origin": log.checkpoint.origin, "size": log.size, "at": rfc3339(datetime.now(UTC))}
    (prepared / COPIED).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    files = _files(prepared)
    for path in files:
        sync(path)
    for each in [prepared, *(path for path in prepared.rglob("*") if path.is_dir())]:
        sync_folder(each)
    return len(files)


def _opened_there(prepared: Path, ledger: VaultLedger, log: Log) -> int:
    """Return how many seeds the copy opens; raises EnvironmentFault unless it opens all, with the keys that lie beside them."""
    keys = replaced(ledger.keys, folder=prepared / "keys")
    keys.signer()
    count, shut = shut_seeds(log, keys.salts(), prepared / "keys" / "seeds")
    if shut:
        msg = f"The copy does not open the ledger, and was not put in place. {shut[0]}"
        raise EnvironmentFault(msg)
    return count


def _put_in_place(prepared: Path, into: Path) -> None:
    """The copy has its name, and the one before it is gone; at each moment there is a whole one."""
    before = into.with_name(into.name + ".before")
    shutil.rmtree(before, ignore_errors=True)
    if into.exists():
        into.rename(before)
    prepared.rename(into)
    sync_folder(into.parent)
    shutil.rmtree(before, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".unfinished"))
