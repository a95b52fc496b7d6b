"""Entries made again from what is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.errors import BadInput
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore.entries import Entries
from custodiet.logstore.levels import Levels
from support.ledgers import Kept, access_row, deed, fact_row, staged


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return a log with entries of every kind."""
    kept = Kept.create(tmp_path / "ledger")
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", staged(tmp_path / "a.parquet", [access_row(each) for each in range(600)]))
        appender.append_table("fact/1", staged(tmp_path / "f.parquet", [fact_row(each) for each in range(9)], "fact/1"))
        appender.append_deeds([deed()])
        appender.append_records("delivery/1", [{"rows": 600}])
        appender.commit()
    return kept


def test_bytes_are_those_whose_hashes_the_tree_is_made_of(kept: Kept) -> None:
    """Each entry made again has the leaf hash that is stored, in any range asked for."""
    log = kept.open()
    entries, hashes = Entries(log, kept.keys.salts()), Levels(log.layout).read(0, 0, log.size)
    for start, end in ((0, log.size), (0, 1), (3, 5), (255, 261), (log.size - 2, log.size)):
        made = [leaf_hash(entry) for entry in entries.between(start, end)]
        assert b"".join(made) == hashes[32 * start : 32 * end]


def test_an_opened_entry_is_the_entry_and_its_disclosures(kept: Kept) -> None:
    """An entry that is opened alone is the one that stands in the log, whatever its type."""
    log = kept.open()
    entries = Entries(log, kept.keys.salts())
    whole = list(entries.between())
    for index in (0, 3, 4, 300, 603, 604, 612, 613, 614):
        opened = entries.opened(index)
        assert opened.entry == whole[index]
        assert opened.index == index
    assert list(entries.opened(4).disclosures) == ["actor", "subject", "context", "purpose", "origin"]
    assert entries.opened(4).row["subject"] == "P0000"
    assert entries.opened(0).disclosures == {}


def test_entries_opened_together_are_those_opened_alone(kept: Kept) -> None:
    """Opened in one go, across types and in any order, entries come in the log's order and as each comes alone."""
    entries = Entries(kept.open(), kept.keys.salts())
    wanted = [613, 4, 300, 0, 604, 4, 603, 612, 3]
    assert list(entries.opened_each(wanted)) == [entries.opened(index) for index in sorted(set(wanted))]
    assert list(entries.opened_each([])) == []
    with pytest.raises(BadInput, match="entries"):
        list(entries.opened_each([3, kept.open().size]))


def test_an_entry_that_is_not_there_is_refused(kept: Kept) -> None:
    """There is no entry at the size of the log, nor below 0."""
    log = kept.open()
    for index in (-1, log.size):
        with pytest.raises(BadInput, match="entries"):
            Entries(log, kept.keys.salts()).opened(index)
