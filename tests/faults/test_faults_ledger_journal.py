"""The journal struck at each system call and by loss of power: what was acknowledged enters the log, and enters once."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from support.ledgers import Kept
from support.power import Disk
from support.struck import Strike, Struck, Writers


class Bench:
    """A log, with six records acknowledged and waiting, three of them taken by a writer that was cut short."""

    def __init__(self, folder: Path, writers: Writers) -> None:
        self.folder, self.writers, self.kept = folder, writers, Kept.create(folder / "ledger")
        self.copy, self.calls = folder / "copy", folder / "calls"
        for first in ("0", "3"):
            assert writers.run(self.calls, Strike(), "journal", str(self.kept.folder), first).fault is None
        taken = min(self.kept.layout.journal.iterdir())
        taken.rename(taken.with_suffix(".closed"))

    def run(self, job: str, strike: Strike, *, data: bool = False) -> Struck:
        """Run the job, struck, on a fresh copy: three more records, or the commit of those that wait."""
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.kept.folder, self.copy)
        arguments = ["6"] if job == "journal" else []
        return self.writers.run(self.calls, strike, job, str(self.copy), *arguments, data=data)

    def check(self, folder: Path, told: str) -> int:
        """Commit what waits and hold the log to the law; return the number of records that entered."""
        crashed = Kept(folder, self.kept.keys)
        crashed.verify(full=False)
        with crashed.open().appender(self.kept.keys.signer(), self.kept.keys.salts()) as appender:
            appender.commit()
        assert crashed.verify().size == crashed.open().size
        found = Counter(str(body["text"]) for _, body in crashed.open().records("note/1"))
        kept = {str(number) for number in range(6)} | {
            line.removeprefix("kept ") for line in told.splitlines() if line.startswith("kept ")
        }
        assert kept <= set(found) <= {str(number) for number in range(9)}
        assert set(found.values()) == {1}
        assert {path.name for path in crashed.layout.journal.iterdir()} == {"entered"}
        return len(found)


@pytest.mark.slow
@pytest.mark.parametrize("job", ["journal", "drain"])
def test_a_journal_struck_at_any_system_call_loses_nothing_and_enters_nothing_twice(
    tmp_path: Path, writers: Writers, job: str
) -> None:
    """Kills and errors of the disk at every state-changing call; after an error nothing more is acknowledged."""
    bench = Bench(tmp_path, writers)
    unharmed = bench.run(job, Strike())
    assert unharmed.fault is None
    uses = sorted(set(unharmed.calls_on(bench.copy)))
    assert {"openat", "write", "fsync", "close"} <= {call for call, _ in uses}
    if job == "drain":  # the rest of a commit is struck elsewhere
        uses = [(call, nth) for call, nth in uses if call in {"rename", "unlink"} or nth % 4 == 0]
    entered: Counter[int] = Counter()
    for at, (call, nth) in enumerate(uses):
        for fault in ("SIGKILL", ("EIO", "ENOSPC")[at % 2])[: 1 + (job == "journal" or at % 2)]:
            outcome = bench.run(job, Strike(call, nth, fault))
            entered[bench.check(bench.copy, "\n".join(outcome.told))] += 1
            if job == "journal" and fault == "EIO" and call != "close" and outcome.was_struck():
                assert outcome.fault is not None
                assert set(outcome.after_strike(bench.copy)) <= {"close"}
    assert set(entered) == ({6} if job == "drain" else {6, 7, 8, 9})


@pytest.mark.slow
@pytest.mark.parametrize("job", ["journal", "drain"])
def test_power_lost_at_any_point_loses_nothing_and_enters_nothing_twice(
    tmp_path: Path, writers: Writers, job: str
) -> None:
    """What was not synced may be gone, in part or wholly: acknowledged records are there, and enter once."""
    bench = Bench(tmp_path, writers)
    run = bench.run(job, Strike(), data=True)
    assert run.fault is None
    assert check_images(bench, run.lines) > 6


@pytest.mark.slow
@pytest.mark.parametrize("sync", ["fdatasync(", "fsync("])
def test_a_journal_that_left_out_a_sync_would_be_found(tmp_path: Path, writers: Writers, sync: str) -> None:
    """Without the syncs of its groups, or that of its name, some loss of power takes what was acknowledged."""
    bench = Bench(tmp_path, writers)
    lines = [line for line in bench.run("journal", Strike(), data=True).lines if f" {sync}" not in line]
    with pytest.raises(AssertionError):
        check_images(bench, lines)


def check_images(bench: Bench, lines: list[str]) -> int:
    """Hold what the disk may hold at each point to the law; return at how many."""
    disk = Disk(bench.kept.folder, each_write=True)
    disk.folder = str(bench.copy)
    checked = 0
    for image in disk.images(lines, random.Random(13), 2):
        there = bench.folder / "image"
        shutil.rmtree(there, ignore_errors=True)
        image.write(there)
        bench.check(there, image.told)
        checked += 1
    return checked
