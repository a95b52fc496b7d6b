"""A writer that lost its lock, or whose disk failed, writes no more: what another committed is never overwritten."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from custodiet.errors import EnvironmentFault, Locked, Refused
from custodiet.logstore.appender import Appender
from custodiet.logstore.lock import writing
from support.ledgers import Kept, access_row, deed, staged


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return a log with ten accesses."""
    made = Kept.create(tmp_path / "ledger")
    made.append(staged(tmp_path / "first.parquet", [access_row(number) for number in range(10)]))
    return made


def opened(kept: Kept) -> Appender:
    """Return a writer that is not open yet."""
    return kept.open().appender(kept.keys.signer(), kept.keys.salts())


def removed(lock: Path) -> None:
    """Take the lock file away."""
    lock.unlink()


def copied_over(lock: Path) -> None:
    """Put a copy in the lock file's place, as a restore or a sync of folders does."""
    copy = lock.with_name("copy")
    shutil.copy(lock, copy)
    copy.rename(lock)


@pytest.mark.parametrize("loses", [removed, copied_over])
def test_a_writer_whose_lock_file_was_remade_commits_nothing_over_another(
    kept: Kept, tmp_path: Path, loses: Callable[[Path], None]
) -> None:
    """Two writers got in because the lock file was replaced: the second commits, the first is stopped and harms nothing."""
    table = staged(tmp_path / "more.parquet", [access_row(number) for number in range(100, 130)])
    with opened(kept) as first:
        first.append_table("access/1", table)
        loses(kept.layout.lock)
        with opened(kept) as second:
            second.append_table("access/1", table)
            second.append_deeds([deed()])
            assert second.commit().size == 45
        with pytest.raises(Locked, match="lost its lock"):
            first.commit()
    assert kept.verify().size == 45


def test_a_lost_lock_stops_an_append_before_it_writes_where_another_may_write(kept: Kept, tmp_path: Path) -> None:
    """A segment and its seed have the names that the other writer's have, so the lock is looked at before each."""
    table = staged(tmp_path / "more.parquet", [access_row(number) for number in range(100, 130)])
    with opened(kept) as first:
        removed(kept.layout.lock)
        with opened(kept) as second:
            second.append_table("access/1", table)
            before = sorted(path.read_bytes() for path in kept.layout.seeds.iterdir())
            with pytest.raises(Locked, match="lost its lock"):
                first.append_table("access/1", table)
            assert sorted(path.read_bytes() for path in kept.layout.seeds.iterdir()) == before
            second.commit()
        with pytest.raises((Locked, Refused)):
            first.commit()
    assert kept.verify().size == 44


def test_a_file_system_that_forgets_locks_lets_only_the_later_writer_commit(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the lock itself is lost, the epoch in the file still tells who came last."""
    table = staged(tmp_path / "more.parquet", [access_row(number) for number in range(100, 130)])
    monkeypatch.setattr("custodiet.logstore.lock.fcntl.flock", lambda *_: None)
    with opened(kept) as first:
        first.append_table("access/1", table)
        with opened(kept) as second:
            second.append_table("access/1", table)
            second.commit()
        with pytest.raises((Locked, Refused)):
            first.commit()
    assert kept.verify().size == 44


def test_a_checkpoint_that_is_not_the_one_begun_from_is_not_replaced(kept: Kept, tmp_path: Path) -> None:
    """Even with the lock in hand, a log that grew meanwhile by other ways is left as it is."""
    table = staged(tmp_path / "more.parquet", [access_row(number) for number in range(100, 130)])
    other = tmp_path / "other"
    shutil.copytree(kept.folder, other)
    elsewhere = Kept(other, kept.keys)
    elsewhere.append(table)
    with opened(kept) as first:
        first.append_table("access/1", table)
        shutil.copy(elsewhere.layout.checkpoint, kept.layout.checkpoint)
        with pytest.raises(Locked, match="committed to this log meanwhile"):
            first.commit()
    assert kept.layout.checkpoint.read_bytes() == elsewhere.layout.checkpoint.read_bytes()


def test_each_holder_of_the_lock_has_a_higher_epoch(tmp_path: Path) -> None:
    """The epoch survives the holder; the file's length never changes, so that a full disk cannot refuse it."""
    lock = tmp_path / "lock"
    epochs, lengths = [], []
    for _ in range(12):
        with writing(lock) as hold:
            epochs.append(hold.epoch)
            lengths.append(lock.stat().st_size)
    assert epochs == list(range(1, 13))
    assert set(lengths) == {80}
    lock.write_text("4127 2026-03-01 09:00:00 UTC\n")  # as an earlier version wrote it
    with writing(lock) as hold:
        assert hold.epoch == 1


def test_after_a_failed_sync_the_same_writer_neither_commits_nor_clears_up(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever catches the fault and goes on is refused, whatever else he raises on the way out."""
    table = staged(tmp_path / "more.parquet", [access_row(number) for number in range(100, 130)])
    synced: list[int] = []

    def failing(descriptor: int) -> None:
        synced.append(descriptor)
        raise OSError(5, "Input/output error")

    def goes_on() -> None:
        with opened(kept) as appender:
            appender.append_table("access/1", table)
            monkeypatch.setattr(os, "fsync", failing)
            for fault in (EnvironmentFault, Refused):
                with pytest.raises(fault):
                    appender.commit()
            with pytest.raises(Refused):
                appender.append_deeds([deed()])
            raise KeyError

    with pytest.raises(KeyError):
        goes_on()
    monkeypatch.undo()
    assert len(synced) == 1
    assert len(list(kept.layout.data.iterdir())) == len(kept.open().manifest.segments) + 1
    assert kept.verify().size == 14


def test_a_full_disk_is_cleared_of_what_was_half_written(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that meets a full disk takes its own half away, so that there is room again; the log is as it was."""
    table = staged(tmp_path / "more.parquet", [access_row(number) for number in range(100, 130)])
    before = sorted(path.relative_to(kept.folder) for path in kept.folder.rglob("*"))

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with opened(kept) as appender:
        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(EnvironmentFault, match="No space left"):
            appender.append_table("access/1", table)
    assert sorted(path.relative_to(kept.folder) for path in kept.folder.rglob("*")) == before
    assert kept.verify().size == 14
