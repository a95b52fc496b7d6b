"""Crashes and faults of the disk: the log is what it was before or what it is after, never between."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from custodiet.errors import CustodietError, EnvironmentFault
from custodiet.logstore.log import Log
from custodiet.signing.key_folder import KeyFolder
from support.ledgers import ORIGIN, Kept, access_row, deed, staged

#: Appends over and over until it is killed; tells each size that was committed.
WRITER = """
import sys
from pathlib import Path
from custodiet.logstore.log import Log
from custodiet.signing.key_folder import KeyFolder
folder, table = Path(sys.argv[1]), Path(sys.argv[2])
keys = KeyFolder(folder / "keys")
log = Log.open(folder, keys.verifier())
print("ready", flush=True)
while True:
    with log.appender(keys.signer(), keys.salts()) as appender:
        appender.append_table("access/1", table)
        appender.append_records("delivery/1", [{"rows": 600}])
        print(appender.commit().size, flush=True)
"""


def killed_writer(kept: Kept, table: Path, after: float) -> int:
    """Run a writer, kill it so many seconds after it is ready, and return the last size that it told."""
    command = [sys.executable, "-c", WRITER, str(kept.folder), str(table)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(after)
        writer.send_signal(signal.SIGKILL)
        told = writer.stdout.read().split()
    return int(told[-1]) if told else 0


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_it_told_and_leaves_nothing_half(tmp_path: Path) -> None:
    """Killed at any moment, the log verifies at the last size told or the one after; the next writer clears up."""
    kept = Kept.create(tmp_path / "ledger")
    table = staged(tmp_path / "a.parquet", [access_row(number) for number in range(600)])
    chance, size, cleared, kills = random.Random(7), 4, 0, 0
    while kills < 12 or not cleared:  # on a busy machine a writer may come to nothing before it is killed
        kills += 1
        assert kills < 60
        told = killed_writer(kept, table, chance.uniform(0.0, 0.01 * kills))
        found = kept.verify(full=False).size
        assert found in {max(size, told), max(size, told) + 601}
        assert (found - 4) % 601 == 0
        with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
            cleared += bool(appender.recovered)
        size = found
        assert kept.verify(full=False).size == size
    assert kept.verify().size == size


class Failing:
    """A system call that fails at its nth use, and counts."""

    def __init__(self, call: Callable[..., object], fails_at: int) -> None:
        self.call, self.fails_at, self.used = call, fails_at, 0

    def __call__(self, *arguments: object, **named: object) -> object:
        """Do what the call does, but for once."""
        self.used += 1
        if self.used == self.fails_at:
            raise OSError(5, "Input/output error")
        return self.call(*arguments, **named)


def failing_append(kept: Kept, table: Path, monkeypatch: pytest.MonkeyPatch, name: str, fails_at: int) -> bool:
    """Append with the nth use of that call failing; tell whether it got so far."""
    with monkeypatch.context() as patch:
        failing = Failing(getattr(os, name), fails_at)
        patch.setattr(os, name, failing)
        try:
            with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
                appender.append_table("access/1", table)
                appender.append_deeds([deed()])
                appender.commit()
        except EnvironmentFault:
            return True
        assert failing.used < fails_at
        return False


@pytest.mark.parametrize("name", ["fsync", "rename", "pwrite"])
def test_a_fault_of_the_disk_stops_the_writer_and_keeps_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whichever fsync, rename or write fails, the log is the old or the new one, verifies, and can be written again."""
    kept = Kept.create(tmp_path / "ledger")
    table = staged(tmp_path / "a.parquet", [access_row(number) for number in range(300)])
    fails_at, outcomes = 1, set()
    while True:
        before = kept.open().size
        failed = failing_append(kept, table, monkeypatch, name, fails_at)
        after = kept.verify(full=False).size
        assert after in {before, before + 301}
        if not failed:
            break
        outcomes.add(after - before)
        with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
            assert appender.size == after
        assert kept.verify(full=False).size == after
        fails_at += 1
    assert fails_at > 2
    assert 0 in outcomes
    assert kept.verify().size == kept.open().size


def test_a_log_half_made_is_no_log_and_can_be_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When making a log fails at any fsync there is no log, or a whole one; making it again then works."""
    for fails_at in range(1, 60):
        folder = tmp_path / str(fails_at)
        keys = KeyFolder.create(folder / "keys", ORIGIN)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", Failing(os.fsync, fails_at))
            try:
                Log.create(folder, origin=ORIGIN, signer=keys.signer(), salts=keys.salts())
            except EnvironmentFault:
                failed = True
            else:
                failed = False
        if not (folder / "checkpoint").exists():
            with pytest.raises(CustodietError):
                Log.open(folder)
            Log.create(folder, origin=ORIGIN, signer=keys.signer(), salts=keys.salts())
        assert Kept(folder, keys).verify().size == 4
        if not failed:
            break
    else:
        pytest.fail("making a log never went through")


def test_recovery_says_what_it_took_away(tmp_path: Path) -> None:
    """Whatever a writer left behind is named, and a file that is none of ours stays."""
    kept = Kept.create(tmp_path / "ledger")
    layout = kept.layout
    left = layout.data / "000000000004-000000000009.access-1.parquet"
    left.write_bytes(b"half")
    layout.seed(left.name).write_bytes(b"seed")
    layout.manifest(9).write_text("{}")
    (layout.folder / "checkpoint.unfinished").write_bytes(b"half")
    (layout.data / "README").write_text("kept")
    with layout.level(0).open("ab") as file:
        file.write(bytes(37))
    layout.past_checkpoint(4).unlink()
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        told = "\n".join(appender.recovered)
    for name in (
        left.name,
        layout.seed(left.name).name,
        "manifest/9.json",
        "checkpoint.unfinished",
        "hash/0",
        "checkpoints/4",
    ):
        assert name in told
    assert (layout.data / "README").exists()
    assert layout.past_checkpoint(4).read_bytes() == layout.checkpoint.read_bytes()
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        assert appender.recovered == ()
    assert kept.verify().size == 4


def test_a_stop_from_the_keyboard_within_the_commit_keeps_what_was_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the checkpoint was replaced the entries are in the log, wherever the writer is stopped after that."""
    kept = Kept.create(tmp_path / "ledger")
    table = staged(tmp_path / "a.parquet", [access_row(number) for number in range(20)])

    def stop(_: int) -> None:
        if kept.open().size > 4:
            raise KeyboardInterrupt

    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", table)
        monkeypatch.setattr("custodiet.logstore.files.fsync", stop)
        with pytest.raises(KeyboardInterrupt):
            appender.commit()
        monkeypatch.undo()
    assert kept.verify().size == 24
    assert kept.append(table) == 44
    assert kept.verify().size == 44
