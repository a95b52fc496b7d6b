"""Each folder under `cases` holds awkward files, a mapping, and what must become of every record: this is driven here."""

from __future__ import annotations

import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from custodiet.app.vault import Vault
from custodiet.bootstrap.intake import Source, take_in
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.vaults import Founding, init
from custodiet.engines.intake_quarantine import Quarantine
from custodiet.errors import BadInput
from custodiet.ingest.quarantine import Entry
from custodiet.model.instants import rfc3339
from support.awkward_built import built

CASES = Path(__file__).parent / "cases"
TEXTS = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".xml"}


@pytest.fixture(scope="module")
def empty_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a vault to copy: making keys once is enough."""
    folder = tmp_path_factory.mktemp("awkward") / "vault"
    init(folder, Founding(organisation="force.example"))
    return folder


def stored(vault: Vault, delivery: str) -> list[dict[str, Any]]:
    """Return the rows that the ledger holds of a delivery, by position and part."""
    paths = [path for typ in ("access/1", "fact/1") for path in VaultLedger(vault).read().segments(typ)]
    rows = [row for path in paths for row in pq.read_table(path).to_pylist() if row["delivery"] == delivery]
    return sorted(rows, key=lambda row: (row["position"], row["part"]))


def waiting(vault: Vault, delivery: str) -> list[Entry]:
    """Return the records of a delivery in quarantine, by position."""
    return sorted(Quarantine(vault.quarantine).entries([delivery]), key=lambda entry: entry.position)


def told(value: object) -> object:
    """Return a stored value as the cases write it."""
    if isinstance(value, datetime):
        return rfc3339(value.replace(tzinfo=UTC))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if value is None or isinstance(value, int | str) else str(value)


def check_rows(rows: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """Check that each expected row is there, with the values that it names."""
    for wanted in expected:
        place = (wanted["position"], wanted.get("part", 0))
        (row,) = [row for row in rows if (row["position"], row["part"]) == place]
        assert {name: str(told(row[name])) for name in wanted} == {name: str(value) for name, value in wanted.items()}


def check_bytes(data: bytes, suffix: str, originals: list[bytes]) -> None:
    """Check that what was kept of each record stands in the file, byte for byte."""
    if suffix in TEXTS:
        assert [original for original in originals if original not in data] == []


def check_delivery(vault: Vault, file: Path, mapping: Path, expected: dict[str, Any]) -> None:
    """Take one file in and hold what became of it against what the case says."""
    source = Source(mapping=str(mapping))
    if "error" in expected:
        before = VaultLedger(vault).read().root_at(VaultLedger(vault).read().size)
        with pytest.raises(BadInput, match=expected["error"]):
            take_in(vault.folder, [file], source, lambda *_: None)
        assert VaultLedger(vault).read().root_at(VaultLedger(vault).read().size) == before
        return
    (report,) = take_in(vault.folder, [file], source, lambda *_: None)
    counts = report.counts
    assert {name: getattr(counts, name) for name in expected["counts"]} == expected["counts"]
    assert counts.received == counts.accepted + counts.duplicate + counts.quarantined
    rows, entries = stored(vault, report.delivery), waiting(vault, report.delivery)
    assert [(e.position, e.problem.reason, e.problem.field) for e in entries] == [
        (q["position"], q["reason"], q.get("field")) for q in expected.get("quarantine", [])
    ]
    assert len(rows) == counts.yielded
    check_rows(rows, expected.get("rows", []))
    check_bytes(file.read_bytes(), file.suffix, [row["original"] for row in rows] + [e.original for e in entries])
    assert report.record.heard.missing == expected.get("missing", 0)


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_awkward_delivery_is_accounted_for(case: str, tmp_path: Path, empty_vault: Path) -> None:
    """What the case says happens: counts, quarantine, values and bytes, or an error that leaves the vault as it was."""
    folder = shutil.copytree(empty_vault, tmp_path / "vault")
    expected = tomllib.loads((CASES / case / "expected.toml").read_text("utf-8"))
    made = {} if any(CASES.joinpath(case).glob("delivery*")) else built(case)
    for delivery in expected["delivery"]:
        file = CASES / case / delivery["file"]
        if made:
            file = tmp_path / delivery["file"]
            file.write_bytes(made[delivery["file"]])
        check_delivery(Vault(folder), file, CASES / case / "mapping.toml", delivery)


def test_every_case_says_what_must_happen() -> None:
    """There are at least 25 cases, and each says in a sentence what must happen."""
    sentences = [tomllib.loads((path / "expected.toml").read_text("utf-8"))["says"] for path in sorted(CASES.iterdir())]
    assert len(sentences) >= 25
    assert all(sentence.endswith(".") for sentence in sentences)
