"""Logs that earlier releases wrote: every version verifies them, and makes their entries again to the byte."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest

from custodiet.ledger.tree import leaf_hash, root_of_leaves
from custodiet.logstore.entries import Entries
from custodiet.signing.key_folder import KeyFolder
from support.ledgers import Kept

HERE = Path(__file__).resolve().parent
RELEASES = sorted(path.parent.name for path in HERE.glob("*/entries.jsonl"))


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """Return the name of a release."""
    return str(request.param)


@pytest.fixture
def kept(release: str, tmp_path: Path) -> Kept:
    """Return a copy of the release's log."""
    copytree(HERE / release / "ledger", tmp_path / "ledger")
    return Kept(tmp_path / "ledger", KeyFolder(tmp_path / "ledger" / "keys"))


@pytest.fixture
def entries(release: str) -> list[bytes]:
    """Return the entries as they were when the log was made."""
    text = (HERE / release / "entries.jsonl").read_text("utf-8")
    return [line.encode() for line in text.split("\n")[:-1]]


def test_there_are_golden_logs() -> None:
    """This release has one at least."""
    assert RELEASES


def test_an_earlier_releases_log_verifies(kept: Kept, entries: list[bytes]) -> None:
    """Rows, hashes, checkpoints and records of what was erased hold, by the software of today."""
    verified = kept.verify()
    assert (verified.size, verified.full) == (len(entries), True)
    assert set(verified.entries) >= {"access/1", "fact/1", "deed/1", "schema/1", "key/1", "delivery/1", "redaction/1"}


def test_its_entries_are_made_again_to_the_byte(kept: Kept, entries: list[bytes]) -> None:
    """In bulk and one by one, each entry is the one that stood in the log, and they give the signed root."""
    log = kept.open()
    opened = Entries(log, kept.keys.salts())
    assert list(opened.between()) == entries
    assert [opened.opened(index).entry for index in range(log.size)] == entries
    assert root_of_leaves([leaf_hash(entry) for entry in entries]) == log.root


def test_its_types_are_described_in_it(entries: list[bytes]) -> None:
    """Whoever has only the entries finds the schema of each committing type among them."""
    bodies = [json.loads(entry) for entry in entries]
    described = {body["describes"] for body in bodies if body["typ"] == "schema/1"}
    assert {body["typ"] for body in bodies if "_sd" in body} <= described


def test_what_was_erased_is_gone_and_its_entry_is_not(kept: Kept) -> None:
    """The erased group cannot be shown, and the entry is proved like any other."""
    opened = Entries(kept.open(), kept.keys.salts()).opened(8)
    assert opened.disclosures["subject"] is None
    assert opened.disclosures["context"] is not None
