"""The journal: acknowledged once it is on the disk, shared syncs, and each record in the log once."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from custodiet.errors import BadInput, EnvironmentFault, VerificationFailed
from custodiet.logstore.entered import Receipt
from custodiet.logstore.journal import Journal
from support.ledgers import Kept, access_row, deed, staged


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return a log that holds its schemas and its key."""
    return Kept.create(tmp_path / "ledger")


def note(text: str) -> dict[str, object]:
    """Return a control record."""
    return {"typ": "note/1", "text": text}


def commit(kept: Kept) -> tuple[str, ...]:
    """Commit what waits, and return what the writer said."""
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.commit()
        return appender.recovered


def notes(kept: Kept) -> dict[int, str]:
    """Return the notes in the log by their indices."""
    return {index: str(body["text"]) for index, body in kept.open().records("note/1")}


def test_records_enter_with_the_next_commit_in_their_order_and_receipts_find_them(kept: Kept, tmp_path: Path) -> None:
    """Behind what the writer itself adds, deeds and notes as they came, whatever their types."""
    with Journal(kept.layout) as journal:
        receipts = [journal.append(note("a"), note("b")), journal.append(deed()), journal.append(note("c"))]
        assert [journal.index(receipt) for receipt in receipts] == [None] * 3
        with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
            appender.append_table("access/1", staged(tmp_path / "a.parquet", [access_row(1), access_row(2)]))
            assert appender.commit().size == 10
        assert [journal.index(receipt) for receipt in receipts] == [6, 8, 9]
        receipt = journal.append(note("d"))
        assert journal.index(receipt) is None
        assert commit(kept) == ()
        assert journal.index(receipt) == 10
    assert notes(kept) == {6: "a", 7: "b", 9: "c", 10: "d"}
    assert [row["index"] for row in pq.read_table(kept.segment("deed/1")).to_pylist()] == [8]
    assert {path.name for path in kept.layout.journal.iterdir()} == {"entered"}
    assert kept.verify().size == 11


def test_many_threads_share_syncs_while_a_writer_takes_their_files(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each acknowledged record is in the log once, at the index that its receipt gives."""
    syncs: list[int] = []
    fdatasync = os.fdatasync

    def counted(descriptor: int) -> None:
        syncs.append(descriptor)
        fdatasync(descriptor)

    monkeypatch.setattr(os, "fdatasync", counted)
    done = threading.Event()
    acknowledged: dict[str, Receipt] = {}

    def writes(journal: Journal, thread: int) -> None:
        for number in range(25):
            text = f"{thread}-{number}"
            acknowledged[text] = journal.append(note(text))

    def commits() -> None:
        while not done.is_set():
            commit(kept)

    with Journal(kept.layout) as one, Journal(kept.layout) as other, ThreadPoolExecutor(13) as pool:
        committing = pool.submit(commits)
        writing = [pool.submit(writes, (one, other)[thread % 2], thread) for thread in range(12)]
        for each in writing:
            each.result()
        done.set()
        committing.result()
    commit(kept)
    found = notes(kept)
    assert sorted(found.values()) == sorted(acknowledged)
    assert len(acknowledged) == 300
    journal = Journal(kept.layout)
    assert all(found[journal.index(receipt) or -1] == text for text, receipt in acknowledged.items())
    assert len(syncs) < 300
    assert kept.verify().size == kept.open().size


def test_a_failed_sync_stops_the_journal_for_good(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was acknowledged before stays, and nothing is acknowledged after; another journal begins a file of its own."""
    journal = Journal(kept.layout)
    journal.append(note("kept"))

    def failing(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", failing)
        with pytest.raises(EnvironmentFault, match="Input/output error"):
            journal.append(note("lost"))
    with pytest.raises(EnvironmentFault, match="Input/output error"):
        journal.append(note("refused"))
    with Journal(kept.layout) as other:
        other.append(note("after"))
    commit(kept)
    assert [text for text in notes(kept).values() if text != "lost"] == ["kept", "after"]


def test_a_full_disk_refuses_and_can_be_tried_again(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a group at the end of a file is never built upon: the next record begins another file."""
    journal = Journal(kept.layout)
    journal.append(note("before"))
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        write(descriptor, bytes(data[:9]))
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(EnvironmentFault, match="No space left"):
            journal.append(note("refused"))
    receipt = journal.append(note("after"))
    [sentence] = commit(kept)
    assert "Dropped 9 bytes" in sentence
    assert list(notes(kept).values()) == ["before", "after"]
    assert journal.index(receipt) == 5


def test_a_record_that_cannot_be_entered_is_refused_and_hurts_no_other(kept: Kept) -> None:
    """Neither is a call without records taken."""
    with Journal(kept.layout) as journal:
        journal.append(note("good"))
        with pytest.raises(BadInput):
            journal.append(note("good too"), {"typ": "key/1"})
        with pytest.raises(BadInput):
            journal.append()
    commit(kept)
    assert list(notes(kept).values()) == ["good"]


@pytest.mark.parametrize(
    "content", ["", "custodiet entered/1", "custodiet entered/1\nx 1 2\n", "custodiet entered/2\n"]
)
def test_a_damaged_list_of_what_was_entered_stops_the_writer(kept: Kept, content: str) -> None:
    """Without it nobody knows what is in the log already."""
    with Journal(kept.layout) as journal:
        journal.append(note("a"))
        kept.layout.entered.write_text(content)
        with pytest.raises(VerificationFailed, match="journal/entered"):
            commit(kept)
        with pytest.raises(VerificationFailed, match="journal/entered"):
            journal.index(Receipt("x", 0, 1))


def test_an_abandoned_append_leaves_the_journal_waiting(kept: Kept) -> None:
    """A writer that gives up after the journal was taken has entered none of it."""
    with Journal(kept.layout) as journal:
        receipt = journal.append(note("a"))
        with pytest.raises(KeyError), kept.open().appender(kept.keys.signer(), kept.keys.salts()):
            raise KeyError
        assert journal.index(receipt) is None
        commit(kept)
        assert journal.index(receipt) == 4
