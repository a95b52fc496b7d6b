"""Checking: the ledger against its checkpoint, and packs and mappings against their own examples."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from custodiet.app import examples
from custodiet.app.examples import ExampleResult
from custodiet.app.ports import Told, unheard
from custodiet.app.vault import Vault
from custodiet.bootstrap.judging import folder_of, judging_in
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.trust import NO_DEMANDS, Trust, check_outside, telling_last_witnessed
from custodiet.errors import BadInput, EnvironmentFault, UsageError
from custodiet.explain.included import shipped_names
from custodiet.explain.measured_file import NAME, UNMEASURED, Measurement, read
from custodiet.explain.remarks import Remark
from custodiet.explain.remarks import remarks as remarks_on
from custodiet.ingest.mapping_file import load_mapping
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.ports import SaltSource
from custodiet.logstore import verification
from custodiet.logstore.layout import Layout
from custodiet.logstore.selection import Sampling, Selection, Since
from custodiet.logstore.since import checkpoint_at, checkpoint_in
from custodiet.logstore.verification import Verified
from custodiet.signing.salts import unopened


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of a ledger is checked besides its tree: all rows unless one of these says otherwise."""

    tree_only: bool = False
    sample: float | None = None  # this share of the rows, drawn at random
    seed: int | None = None  # of the draw; None: one that nobody knows beforehand
    since: str | None = None  # the rows after this checkpoint: the size of one that is kept, or a file with one


def verify(folder: Path, extent: Extent = Extent(), trust: Trust = NO_DEMANDS, *, told: Told = unheard) -> Verified:
    """Return what held of the ledger; raises VerificationFailed naming the first fault.

    It is held to itself, to what this client saw before, and to the cosignatures of witnesses.
    """
    vault = Vault(folder)
    vault.settings()
    ledger = VaultLedger(vault)
    some, last, witnesses = _selection(extent, ledger), ledger.memory.last(), ledger.witnesses(trust.policy)

    def hear(done: int, total: int) -> None:
        told("verify", done, total)

    salts = _salts(ledger, extent)
    with telling_last_witnessed(Layout(vault.ledger), witnesses):
        found = verification.verify(
            vault.ledger, ledger.keys.history(), salts, full=not extent.tree_only, some=some, told=hear
        )
        checkpoint = Checkpoint(origin=found.origin, size=found.size, root=found.root)
        check_outside(ledger, checkpoint, last, trust)
    return found


def _salts(ledger: VaultLedger, extent: Extent) -> SaltSource:
    if extent.tree_only:
        return unopened()  # who reads no rows needs no passphrase
    try:
        return ledger.keys.salts()
    except EnvironmentFault as fault:
        still = "The tree and the checkpoints can be checked without it: --tree-only."
        raise EnvironmentFault(f"{fault} Rows cannot be tied to entries. {still}") from fault


def _selection(extent: Extent, ledger: VaultLedger) -> Selection | None:
    if [extent.tree_only, extent.sample is not None, extent.since is not None].count(True) > 1:
        msg = "choose one of --tree-only, --sample and --since"
        raise UsageError(msg)
    if extent.sample is not None:
        return Sampling(extent.sample, secrets.randbits(32) if extent.seed is None else extent.seed)
    if extent.seed is not None:
        msg = "a seed is for a sample: say --sample too"
        raise UsageError(msg)
    if extent.since is None:
        return None
    layout, verifier = Layout(ledger.vault.ledger), ledger.keys.history()
    if extent.since.isdecimal() and extent.since.isascii():
        return Since(checkpoint_at(layout, verifier, int(extent.since)))
    return Since(checkpoint_in(Path(extent.since), verifier))


def test(names: Sequence[str] = ()) -> list[ExampleResult]:  # noqa: PT028 - a command, and no test of pytest's
    """Return the result of every example in these mapping files and packs; none: every pack that comes with the software."""
    return [result for name in names or shipped_names() for result in _of(name)]


def remarks(names: Sequence[str] = (), on: date | None = None) -> list[Remark]:
    """Return what is to be said of the templates of these packs as of that day (None: today); mappings have none."""
    packs = [judging_in(folder_of(name)).pack for name in names or shipped_names() if _is_pack(name)]
    day = on or datetime.now(UTC).date()
    return [one for pack in packs for one in remarks_on(pack.templates, pack.thresholds, day)]


def _is_pack(name: str) -> bool:
    return name in shipped_names() or Path(name).is_dir()


def unmeasured(names: Sequence[str] = ()) -> list[str]:
    """Return, as `pack: template`, each template that could close accesses and was not measured as it is now.

    Packs that were never measured are left out: for those there is nothing to hold a template against.
    """
    packs = [folder_of(name) for name in names or shipped_names() if _is_pack(name)]
    return [
        f"{pack.name}: {template}"
        for folder in packs
        for pack in [judging_in(folder).pack]
        for template in examples.unmeasured(pack, _measurement(folder))
        if _measurement(folder).templates
    ]


def _of(name: str) -> list[ExampleResult]:
    if _is_pack(name):
        folder = folder_of(name)
        by = judging_in(folder)
        return examples.of_pack(by.pack.templates, by.signals) + examples.of_measures(by.pack, _measurement(folder))
    path = Path(name)
    if not path.is_file():
        msg = "there is no such file or folder"
        wanted = f"a mapping file, a pack's folder, or one of {', '.join(shipped_names())}"
        raise BadInput(msg, file=path.name, expected=wanted)
    return list(examples.of_mapping(load_mapping(path), path.name))


def _measurement(folder: Path) -> Measurement:
    """Return what the pack's `measured.toml` says, or a measurement of nothing."""
    path = folder / NAME
    return read(path.read_text(encoding="utf-8")) if path.is_file() else UNMEASURED
