"""A look from the command line is a look: no record, no output; and the record ends in the ledger, once."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from custodiet.app.looks import Spool
from custodiet.app.vault import Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger
from support.command_line import LAWFUL, looks_waiting, said, started


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


def test_every_look_waits_in_the_spool_and_enters_the_ledger_with_the_next_commit(
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
    """Where the spool cannot be written, each command that shows records says so, ends with 6 and shows nothing."""
    spool = vault / "spool"
    if spool.exists():
        for path in spool.iterdir():
            path.unlink()
        spool.rmdir()
    spool.write_text("a file in the place of the folder")
    out = tmp_path / "r.html"

    for words in (("queue",), ("show", "F-ABCDEFGH"), ("why", 7), ("report", out), ("quarantine", "list")):
        head = words[:2] if words[0] == "quarantine" else words[:1]
        told = said(*head, vault, *words[len(head) :], *LAWFUL)
        assert (told.code, told.out) == (6, "")
        assert "could not be recorded" in told.err
    assert not out.exists()


def test_a_full_disk_shows_nothing(vault: Path) -> None:
    """A look that cannot be made durable is none, though the spool's folder is there."""
    (vault / "spool").mkdir(exist_ok=True)
    (vault / "spool" / "looks.jsonl").unlink(missing_ok=True)
    (vault / "spool" / "looks.jsonl").symlink_to("/dev/full")

    told = said("queue", vault, *LAWFUL)

    assert (told.code, told.out) == (6, "")


def test_a_crash_between_commit_and_clearing_enters_no_look_twice(vault: Path, exports: Path, tmp_path: Path) -> None:
    """The drained looks that a killed writer left behind are recognised by the next one."""
    said("queue", vault, *LAWFUL)
    waiting = (vault / "spool" / "looks.jsonl").read_bytes()
    commit_something(vault, exports, tmp_path)
    once = len(deeds(vault))
    (vault / "spool" / "draining.jsonl").write_bytes(waiting)  # as the crash would have left it

    commit_something(vault, exports, tmp_path)

    assert len(deeds(vault)) == once
    assert not (vault / "spool" / "draining.jsonl").exists()


def test_a_crash_while_draining_loses_no_look(vault: Path, exports: Path, tmp_path: Path) -> None:
    """Half a line in the file that was being filled is dropped; the spool still has the look, and it enters once."""
    said("queue", vault, *LAWFUL)
    said("show", vault, "F-ZZZZZZZZ", *LAWFUL, "--reason", "Grüße")
    waiting = (vault / "spool" / "looks.jsonl").read_bytes()
    (vault / "spool" / "draining.jsonl").write_bytes(waiting[:-40])
    before = len(deeds(vault))

    commit_something(vault, exports, tmp_path)

    assert [row["act"] for row in deeds(vault)[before:]] == ["queue", "show"]
    assert said("verify", vault).code == 0


def test_a_torn_character_at_the_end_of_the_spool_is_no_hindrance(tmp_path: Path) -> None:
    """A power cut in the middle of a character leaves a spool that can be read and written."""
    (tmp_path / "looks.jsonl").write_bytes('{"reason": "Gr\u00fc'.encode()[:-1])

    assert Spool(folder=tmp_path).waiting() == 0
    assert Spool(folder=tmp_path).drain(set, lambda _: None) == 0


def test_the_record_is_on_disk_before_the_first_byte_of_the_answer(vault: Path) -> None:
    """A reader that is killed as soon as it says something has left its record."""
    process = started("queue", vault, *LAWFUL, "--json")
    assert process.stdout is not None
    first = process.stdout.read(1)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    assert first == "{"
    assert [look["act"] for look in looks_waiting(vault)] == ["queue"]


def test_a_line_that_is_no_look_stops_the_next_commit_and_is_named(vault: Path, exports: Path) -> None:
    """Records of looks are not thrown away silently: file and line are told, and the ledger stays as it was."""
    (vault / "spool").mkdir(exist_ok=True)
    (vault / "spool" / "looks.jsonl").write_text(json.dumps({"act": "queue"}) + "\n")
    before = (vault / "ledger" / "checkpoint").read_bytes()
    file = exports / "exports" / "hr" / "associations.csv"

    told = said("context", vault, file, "-m", exports / "mappings" / "hr_associations.toml")

    assert told.code == 3
    assert "line 1" in told.err
    assert (vault / "ledger" / "checkpoint").read_bytes() == before


@pytest.mark.parametrize("command", ["queue", "show", "why", "report"])
def test_the_reason_is_kept_with_the_look(vault: Path, tmp_path: Path, command: str) -> None:
    """The words are the principal's own, kept as they were given."""
    things = {"show": ("F-ZZZZZZZZ",), "why": (12,), "report": (tmp_path / "r.html",)}

    said(command, vault, *things.get(command, ()), *LAWFUL, "--reason", 'case "7"\n line two')

    assert looks_waiting(vault)[-1]["reason"] == 'case "7"\n line two'
