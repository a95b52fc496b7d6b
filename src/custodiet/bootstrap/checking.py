"""Checking: the ledger against its checkpoint, and packs and mappings against their own examples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from custodiet.app import examples
from custodiet.app.examples import ExampleResult
from custodiet.app.ports import Told, unheard
from custodiet.app.vault import Vault
from custodiet.bootstrap.judging import judging, judging_in
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.errors import BadInput
from custodiet.ingest.mapping_file import load_mapping
from custodiet.logstore import verification
from custodiet.logstore.verification import Verified


def verify(folder: Path, *, full: bool = True, told: Told = unheard) -> Verified:
    """Return what held of the whole ledger; raises VerificationFailed naming the first fault."""
    vault = Vault(folder)
    vault.settings()
    ledger = VaultLedger(vault)

    def hear(done: int, total: int) -> None:
        told("verify", done, total)

    return verification.verify(vault.ledger, ledger.keys.verifier(), ledger.keys.salts(), full=full, told=hear)


def test(files: Sequence[Path] = ()) -> list[ExampleResult]:  # noqa: PT028 - a command, and no test of pytest's
    """Return the result of every example in these mapping files and pack folders; none: the pack that is shipped."""
    if not files:
        shipped = judging("uk_police")
        return examples.of_pack(shipped.pack.templates, shipped.signals)
    return [result for path in files for result in _of(path)]


def _of(path: Path) -> list[ExampleResult]:
    if path.is_dir():
        pack = judging_in(path)
        return examples.of_pack(pack.pack.templates, pack.signals)
    if not path.is_file():
        msg = "there is no such file or folder"
        raise BadInput(msg, file=path.name, expected="a mapping file or a pack's folder")
    return list(examples.of_mapping(load_mapping(path), path.name))
