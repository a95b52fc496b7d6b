"""Whole segments dropped: the tree, the proofs and the law of deliveries hold without their rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custodiet.errors import BadInput
from custodiet.ledger.faults import LogDamaged
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.proof import verify_inclusion
from custodiet.ledger.retention import Drop
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore.entries import Entries
from custodiet.logstore.fingerprints import Gone
from support.ledgers import Kept, access_row, staged


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return a log of two segments of accesses: entries 4 to 303 and 304 to 403."""
    kept = Kept.create(tmp_path / "ledger")
    kept.append(staged(tmp_path / "a.parquet", [access_row(number) for number in range(300)]))
    kept.append(staged(tmp_path / "b.parquet", [access_row(number) for number in range(300, 400)]))
    return kept


def test_a_dropped_segment_leaves_tree_and_proofs_and_says_so(kept: Kept) -> None:
    """Rows, seed and old files are gone; entries are refused by name; the rest is read; every proof holds."""
    log = kept.open()
    entries = list(Entries(log, kept.keys.salts()).between())
    kept.redact([5], ("subject", "origin"))
    kept.drop()
    now = kept.open()
    assert kept.verify().gone.dropped == 300
    assert kept.verify(full=False).gone.dropped == 300
    assert [path.name.partition(".")[2] for path in sorted(kept.folder.rglob("*000004-*"))] == ["access-1.g2.known"]
    assert len(now.segments("access/1")) == 1
    opened = Entries(now, kept.keys.salts())
    assert list(opened.between(304, 404)) == entries[304:404]
    for wanted in (lambda: opened.opened(5), lambda: list(opened.between(0, 10))):
        with pytest.raises(BadInput, match="dropped under the retention policy"):
            wanted()
    for index in (4, 5, 303, 304):
        verify_inclusion(leaf_hash(entries[index]), index, log.size, now.inclusion_proof(index, log.size), log.root)


def test_records_of_a_dropped_segment_are_known_again(kept: Kept) -> None:
    """All of them, those of which groups had been erased before included, and no others."""
    kept.redact([5], ("subject", "origin"))
    kept.drop()
    paths = [kept.layout.known(segment.file) for segment in kept.open().manifest.segments]
    identities = [bytes(access_row(number)["identity"]) for number in range(400)]
    assert Gone(paths, kept.keys.salts).among(identities) == identities[:300]


@pytest.mark.parametrize("entries", [(), ((4, 300),), ((4, 404),), ((0, 3),), ((4, 304), (9999, 10000))])
def test_only_whole_segments_of_records_are_dropped(kept: Kept, entries: tuple[tuple[int, int], ...]) -> None:
    """A part of one, several at a stroke, records of the log itself, and what is not there are refused."""
    record = Drop(by="jdoe", at=datetime(2026, 11, 4, tzinfo=UTC), authority="Schedule 1", entries=entries)
    with pytest.raises(BadInput), kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.drop(record)
    assert kept.verify().gone.dropped == 0


def test_rows_that_go_without_a_record_are_an_alarm(kept: Kept) -> None:
    """Whoever forges the manifest so that it says a segment was dropped is found, whichever record he names."""
    kept.drop(which=1)
    log = kept.open()
    first = next(log.manifest.of("access/1"))
    for record in (0, 3, log.size - 1):
        changed = log.manifest.with_changed([first.without_rows(record)])
        kept.layout.manifest(log.size).write_text(changed.text)
        for full in (True, False):
            with pytest.raises(LogDamaged, match="the log records no such act"):
                kept.verify(full=full)


def test_rows_that_were_dropped_and_are_there_are_an_alarm(kept: Kept) -> None:
    """An old segment put back, with a forged manifest, does not pass for rows that were never dropped."""
    before = kept.open()
    segment = next(before.manifest.of("access/1"))
    data = {path: path.read_bytes() for path in (kept.layout.segment(segment), kept.layout.seed(segment.file))}
    size = kept.drop()
    for path, content in data.items():
        path.write_bytes(content)
    segments = tuple(replace(segment) if each.start == 4 else each for each in kept.open().manifest.segments)
    kept.layout.manifest(size).write_text(Manifest(size=size, segments=segments).text)
    with pytest.raises(LogDamaged, match="and are there"):
        kept.verify()
