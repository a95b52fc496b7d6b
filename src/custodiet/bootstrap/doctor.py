"""Examining a vault: what stands between it and the day it is needed. Nothing is changed, and no record is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version

from custodiet import __version__
from custodiet.app.health import Check, fail, guarded, ok, warn
from custodiet.app.vault import Vault
from custodiet.bootstrap.doctor_keys import examine_copy, examine_keys, examine_seeds
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.engines.intake_quarantine import Quarantine
from custodiet.logstore import surroundings
from custodiet.logstore.cosigned import witnessing
from custodiet.logstore.key_records import check_keys
from custodiet.logstore.layout import KEPT_MANIFESTS, Layout
from custodiet.logstore.recovery import check_not_set_back
from custodiet.logstore.waiting import counted
from custodiet.signing.succession import next_verifier

_GIB = 1 << 30
_LIBRARIES = ("cryptography", "pyarrow", "duckdb")
_EXTRAS = {"xlsx": "openpyxl", "timestamp": "rfc3161-client", "hsm": "securesystemslib"}
_RESTORE = "Take what is missing or damaged from a backup; `custodiet verify` says what is wrong."


def doctor(folder: Path) -> list[Check]:
    """Return what was found of the vault, thing by thing; raises BadInput where there is none."""
    vault = Vault(folder)
    vault.settings()
    ledger = VaultLedger(vault)
    layout = Layout(vault.ledger)
    return [
        *examine_keys(ledger),
        *guarded("checkpoint", partial(_checkpoint, ledger, layout), _RESTORE),
        *guarded("remembered checkpoint", partial(_remembered, ledger), _RESTORE),
        *guarded("seeds", partial(examine_seeds, ledger), "Restore ledger/keys from its copy."),
        *guarded("copy of the keys", partial(examine_copy, ledger), "Make a new copy: custodiet ledger backup-keys."),
        *guarded("disk", partial(_disk, layout), "Look at the disk."),
        *guarded("clock", partial(_clock, layout), _RESTORE),
        *guarded("writers", partial(_writers, layout), "Look at the folder's permissions."),
        *guarded(
            "witnesses", partial(_witnesses, ledger), "Mend ledger/policy.txt; `custodiet verify` says what is wrong."
        ),
        *guarded("manifests", partial(_manifests, layout), _RESTORE),
        *guarded("waiting", partial(_waiting, ledger), _RESTORE),
        *_versions(),
    ]


def _checkpoint(ledger: VaultLedger, layout: Layout) -> Iterator[Check]:
    snapshot = ledger.read()
    check_not_set_back(layout, snapshot.log.checkpoint)
    yield ok("checkpoint", f"signed by the log's key, {snapshot.size:,} entries, none later")
    history = ledger.keys.history()
    declared = check_keys(layout, snapshot.log.manifest, history)
    said = f"{len(history.steps):,} so far, as the log's records say; {len(declared):,} declared compromised"
    if next_verifier(ledger.keys) is None:
        yield ok("history of keys", said)
    else:
        left = "None needed: the next command that writes ends it, or leaves the key out."
        yield warn("history of keys", f"{said}; a handover was cut short", left)


def _remembered(ledger: VaultLedger) -> Iterator[Check]:
    problem = ledger.memory.problem()
    if problem:
        yield warn("remembered checkpoint", problem, "Make the folder writable, or name another (CUSTODIET_STATE).")
    else:
        yield ok("remembered checkpoint", "the last one seen here is kept outside the vault")


def _disk(layout: Layout) -> Iterator[Check]:
    kind = surroundings.file_system(layout.folder)
    if kind in surroundings.NETWORKED:
        yield fail(
            "file system",
            f"the vault lies on {kind}, where locks and syncs may not hold",
            "Move the vault to a disk of this machine.",
        )
    elif kind in surroundings.FLEETING:
        yield warn("file system", f"the vault lies on {kind}, which a restart empties", "Move it to a disk.")
    else:
        yield ok("file system", kind or "not told by the system")
    room = surroundings.room(layout.folder)
    said = f"{room.free / _GIB:.1f} GiB of {room.whole / _GIB:.1f} are free"
    if room.free < _GIB // 10:
        yield fail("free disk", said, "Make room before anything is taken in.")
    elif room.free < max(_GIB, room.whole // 50):
        yield warn("free disk", said, "Make room.")
    else:
        yield ok("free disk", said)


def _clock(layout: Layout) -> Iterator[Check]:
    last, now = surroundings.last_commit(layout), datetime.now(UTC)
    said = f"{now:%Y-%m-%d %H:%M:%S} UTC; last commit {last:%Y-%m-%d %H:%M:%S} UTC"
    if now < last:
        yield fail(
            "clock", f"the clock is behind the last commit: {said}", "Set the clock before anything is taken in."
        )
    else:
        yield ok("clock", said)


def _writers(layout: Layout) -> Iterator[Check]:
    left = surroundings.unfinished_files(layout)
    if surroundings.is_locked(layout):
        yield ok("writers", "one is at work at this moment")
    elif left:
        said = f"a writer was cut short and left {len(left):,} unfinished, the first of them {left[0]}"
        yield warn("writers", said, "None needed: the next command that writes clears it away.")
    else:
        yield ok("writers", "none at work, nothing unfinished")


def _manifests(layout: Layout) -> Iterator[Check]:
    count = surroundings.manifests(layout)
    if count > KEPT_MANIFESTS:
        said = f"{count:,} are kept, where {KEPT_MANIFESTS} are enough"
        yield warn("manifests", said, "None needed: the next commit clears them; if it does not, look at permissions.")
    else:
        yield ok("manifests", f"{count:,} kept")


def _waiting(ledger: VaultLedger) -> Iterator[Check]:
    vault = ledger.vault
    waiting = counted(Layout(vault.ledger))
    said = f"{waiting:,} looks and other records wait to be entered by the next command that writes"
    if waiting:
        yield warn("journal", said, "None needed; they are in the ledger after the next ingest or audit.")
    else:
        yield ok("journal", said)
    deliveries = {body["delivery"] for _, body in ledger.read().records("delivery/1")}
    records = sum(entry.is_open for entry in Quarantine(vault.quarantine).entries(deliveries))
    if records:
        yield warn("quarantine", f"{records:,} records wait to be mended", "See custodiet quarantine list.")
    else:
        yield ok("quarantine", "no record waits")


def _witnesses(ledger: VaultLedger) -> Iterator[Check]:
    log, witnesses = ledger.read().log, ledger.witnesses()
    vouching = witnessing(log.layout, log.checkpoint, witnesses)
    said = " ".join(vouching.sentences)
    remedy = "custodiet ledger witness" if witnesses.policy.demands else "Have the ledger witnessed; see the manual."
    yield ok("witnesses", said) if vouching.whole else warn("witnesses", said, remedy)
    problem = ledger.memory.problem()
    if problem is None:
        yield ok("remembered checkpoint", f"kept in {ledger.memory.file}")
    else:
        yield warn("remembered checkpoint", problem, "Let this user write there, or name a folder in CUSTODIET_STATE.")


def _versions() -> Iterator[Check]:
    found = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    extras = ", ".join(f"{extra} {_installed(package)}" for extra, package in _EXTRAS.items())
    yield ok("versions", f"custodiet {__version__}, Python {python_version()}, {found}; extras: {extras}")


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
