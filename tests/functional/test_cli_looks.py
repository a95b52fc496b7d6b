"""A look from the command line is a look: no record, no output; and the record ends in the ledger, once."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from custodiet.app.vault import Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.ledger.journal import first_line
from support.command_line import LAWFUL, journal_files, looks_waiting, said, started


def deeds(vault: Path) -> list[dict[str, Any]]:
    """Return the looks and acts that are in the ledger, in order."""
    snapshot = VaultLedger(Vault(vault)).read()
    return [row for path in snapshot.segments("deed/1") for row in pq.read_table(path).to_pylist()]


def commit_something(vault: Path, exports: Path, tmp_path: Path) -> None:
    """A writer comes by: one more fact is taken in."""
    tie = tmp_path / f"tie{len(deeds(vault))}.csv"
    tie.write_text(
        f"StaffNo,Subject,Nature,DeclaredAt\n99{len(deeds(vault)):04d},N0000001,friend,03/03/2026 09:00:00\n"
    )
    assert said("context", vault, tie, "-m", exports / "mappings" / "hr_associations.toml").code == 0


def test_every_look_waits_in_the_journal_and_enters_the_ledger_with_the_next_commit(
    vault: Path, exports: Path, tmp_path: Path
) -> None:
    """Who looked at what, what for, why and when: first on disk, then a deed in the ledger that verifies."""
    said("queue", vault, *LAWFUL, "--reason", "weekly \u201creview\u201d")
    said("show", vault, "F-ZZZZZZZZ", "--purpose", "integrity")
    said("report", vault, tmp_path / "r.html", *LAWFUL)
    waiting = looks_waiting(vault)
    before = len(deeds(vault))

    commit_something(vault, exports, tmp_path)

    entered = deeds(vault)[before:]
    assert [look["act"] for look in waiting] == ["queue", "show", "report"]
    assert [(row["principal"], row["act"], row["object"], row["purpose"], row["reason"]) for row in entered] == [
        (login(), look["act"], look["object"], look["purpose"], look["reason"]) for look in waiting
    ]
    assert looks_waiting(vault) == []
    assert said("verify", vault).code == 0


def test_without_a_record_nothing_is_shown(vault: Path, tmp_path: Path) -> None:
    """Where the journal cannot be written, each command that shows records says so, ends with 6 and shows nothing."""
    journal = vault / "ledger" / "journal"
    if journal.exists():
        shutil.rmtree(journal)
    journal.write_text("a file in the place of the folder")
    out = tmp_path / "r.html"

    for words in (("queue",), ("show", "F-ABCDEFGH"), ("why", 7), ("report", out), ("quarantine", "list")):
        head = words[:2] if words[0] == "quarantine" else words[:1]
        told = said(*head, vault, *words[len(head) :], *LAWFUL)
        assert (told.code, told.out) == (6, "")
        assert "could not be recorded" in told.err
    assert not out.exists()


@pytest.mark.parametrize("call", ["write", "fdatasync", "fsync"])
def test_a_disk_that_fails_shows_nothing(vault: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """A look that cannot be made durable, with its file's name, is none."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        told = said("queue", vault, *LAWFUL)

    assert (told.code, told.out) == (6, "")
    assert "No space left" in told.err


def test_a_crash_between_commit_and_clearing_enters_no_look_twice(vault: Path, exports: Path, tmp_path: Path) -> None:
    """Files whose looks are in the ledger are known as such by the next writer, which says that it removes them."""
    said("queue", vault, *LAWFUL)
    [file] = journal_files(vault)
    content = file.read_bytes()
    commit_something(vault, exports, tmp_path)
    once = len(deeds(vault))
    file.with_suffix(".closed").write_bytes(content)  # as the crash would have left it

    told = said("ledger", "commit", vault, "--json")

    assert told.code == 0
    assert told.body["entered"] == 0
    [sentence] = told.body["recovered"]
    assert sentence == f"Removed journal/{file.stem}.closed, whose records are in the log."
    assert f"custodiet: recovery: {sentence}" in told.err
    assert len(deeds(vault)) == once
    assert journal_files(vault) == []
    assert "recovered" not in said("ledger", "commit", vault, "--json").body


def test_a_crash_before_the_commit_loses_no_look(vault: Path) -> None:
    """A writer had taken the looks and noted where they would be, and its commit did not come to be."""
    said("queue", vault, *LAWFUL)
    said("show", vault, "F-ZZZZZZZZ", *LAWFUL, "--reason", "Grüße")
    files, before, size = journal_files(vault), len(deeds(vault)), VaultLedger(Vault(vault)).read().size
    lines = "".join(f"{file.stem} {size + at} 1\n" for at, file in enumerate(files))
    (vault / "ledger" / "journal" / "entered").write_text(f"custodiet entered/1\n{lines}")
    files[0].rename(files[0].with_suffix(".closed"))

    told = said("ledger", "commit", vault)

    assert told.code == 0
    assert "Left 2 records in the journal" in told.err
    assert [row["act"] for row in deeds(vault)[before:]] == ["queue", "show"]
    assert said("verify", vault).code == 0


def test_a_torn_end_is_dropped_and_told(vault: Path) -> None:
    """What a killed writer had begun to write was never acknowledged: it goes, with a word, and what stands before it stays."""
    said("queue", vault, *LAWFUL)
    [file] = journal_files(vault)
    file.write_bytes(file.read_bytes() + "\0\0\1\0 gr\u00fc".encode()[:-1])
    before = len(deeds(vault))

    told = said("ledger", "commit", vault)

    assert f"Dropped 8 bytes at the end of journal/{file.stem}" in told.err
    assert [row["act"] for row in deeds(vault)[before:]] == ["queue"]
    assert journal_files(vault) == []


def test_the_record_is_on_disk_before_the_first_byte_of_the_answer(vault: Path) -> None:
    """A reader that is killed as soon as it says something has left its record."""
    process = started("queue", vault, *LAWFUL, "--json")
    assert process.stdout is not None
    first = process.stdout.read(1)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    assert first == "{"
    assert [look["act"] for look in looks_waiting(vault)] == ["queue"]


def test_a_damaged_journal_stops_the_next_commit_and_is_named(vault: Path, exports: Path) -> None:
    """Records of looks are not thrown away silently: the file is told, and the ledger stays as it was."""
    said("queue", vault, *LAWFUL)
    [file] = journal_files(vault)
    content = bytearray(file.read_bytes())
    content[content.index(b'"act"') + 8] ^= 1
    file.write_bytes(bytes(content) + content[len(first_line(file.stem)) :])
    before = (vault / "ledger" / "checkpoint").read_bytes()
    ties = exports / "exports" / "hr" / "associations.csv"

    told = said("context", vault, ties, "-m", exports / "mappings" / "hr_associations.toml")

    assert told.code == 1
    assert f"journal/{file.stem}" in told.err
    assert (vault / "ledger" / "checkpoint").read_bytes() == before
    assert len(journal_files(vault)) == 1


@pytest.mark.parametrize("command", ["queue", "show", "why", "report"])
def test_the_reason_is_kept_with_the_look(vault: Path, tmp_path: Path, command: str) -> None:
    """The words are the principal's own, kept as they were given."""
    things = {"show": ("F-ZZZZZZZZ",), "why": (12,), "report": (tmp_path / "r.html",)}

    said(command, vault, *things.get(command, ()), *LAWFUL, "--reason", 'case "7"\n line two')

    assert looks_waiting(vault)[-1]["reason"] == 'case "7"\n line two'


def test_looks_that_an_earlier_version_left_in_the_spool_move_to_the_ledger(vault: Path) -> None:
    """None is lost, a torn last line was never acknowledged, and the move is told."""
    spool = vault / "spool"
    spool.mkdir()
    line = '{"act": "%s", "at": "2026-03-02T09:00:00.000000Z", "object": null, "principal": "avery", "purpose": "integrity", "reason": "Gr\u00fc\u00dfe"}\n'
    (spool / "draining.jsonl").write_text(line % "queue")
    (spool / "looks.jsonl").write_text(line % "show" + line[:40])
    before = len(deeds(vault))

    told = said("ledger", "commit", vault, "--json")

    assert told.body["entered"] == 2
    assert len(told.body["recovered"]) == 2
    assert [(row["act"], row["reason"]) for row in deeds(vault)[before:]] == [
        ("queue", "Gr\u00fc\u00dfe"),
        ("show", "Gr\u00fc\u00dfe"),
    ]
    assert list(spool.iterdir()) == []
