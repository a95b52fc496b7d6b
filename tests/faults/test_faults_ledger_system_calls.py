"""A writer struck at each system call of an append: EIO, ENOSPC, SIGKILL. Nothing acknowledged is lost, nothing is half."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from support.crash_law import check_crashed
from support.ledgers import Kept, access_row, staged
from support.struck import Strike, Struck, Writers

ROWS = 300
ADDED = ROWS + 2
SHARES = 4
#: Of the many small writes of a Parquet file, each how many-th is struck.
KILLED, FAILED = 2, 12
#: Calls that a full disk refuses.
ROOM = frozenset({"openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "mkdir"})


class Bench:
    """A log to begin from, a table to append, and a folder in which copies are struck."""

    def __init__(self, folder: Path, writers: Writers) -> None:
        self.folder, self.writers, self.kept = folder, writers, Kept.create(folder / "ledger")
        self.table = staged(folder / "a.parquet", [access_row(number) for number in range(ROWS)])
        self.kept.append(self.table)
        self.before = self.kept.open().size

    def struck(self, strike: Strike) -> Struck:
        """Strike a writer on a fresh copy of the log."""
        return self._run(self.kept.folder, strike, "append", str(self.table))

    def cleared(self, cut: Path, strike: Strike) -> Struck:
        """Strike a writer that clears up a copy of a log whose writer was cut short."""
        return self._run(cut, strike, "clear_up")

    def _run(self, folder: Path, strike: Strike, job: str, *arguments: str) -> Struck:
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(folder, self.copy)
        return self.writers.run(self.folder / "calls", strike, job, str(self.copy), *arguments)

    @property
    def copy(self) -> Path:
        """Return the folder of the log that is struck."""
        return self.folder / "copy"

    def uses(self) -> list[tuple[str, int]]:
        """Return each state-changing call of a whole append with its ordinal, as an unharmed run makes them."""
        unharmed = self.struck(Strike())
        assert unharmed.committed == self.before + ADDED
        return sorted(set(unharmed.calls_on(self.copy)))

    def check(self, strike: Strike, *, full: bool = True) -> bool:
        """Strike a writer and hold the log to the law; tell whether the writer came so far."""
        outcome = self.struck(strike)
        size = check_crashed(self.copy, self.kept, (self.before, self.before + ADDED), outcome.committed, full=full)
        if outcome.fault is not None:
            assert size == self.before or "was put in place" in outcome.fault or outcome.committed, outcome.fault
        if outcome.was_struck() and strike.fault == "EIO":
            assert set(outcome.after_strike(self.copy)) <= {"close"}, (strike, outcome.after_strike(self.copy))
        if outcome.was_struck() and strike.call in {"fsync", "fdatasync"} and strike.fault != "SIGKILL":
            assert set(outcome.after_strike(self.copy)) <= {"close"}
            assert outcome.fault is not None
        return outcome.was_struck()


def kills(uses: list[tuple[str, int]]) -> list[Strike]:
    """Return a kill at each call."""
    return [Strike(call, nth, "SIGKILL") for call, nth in uses if call != "write" or nth % KILLED]


def errors(uses: list[tuple[str, int]]) -> list[Strike]:
    """Return the strikes with an error at each call, and with a full disk where it can be."""
    chosen = [(call, nth) for call, nth in uses if call != "write" or nth % FAILED == 1]
    full = [Strike(call, nth, "ENOSPC") for call, nth in chosen if call in ROOM]
    return [Strike(call, nth, "EIO") for call, nth in chosen] + full


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_a_writer_killed_at_any_system_call_loses_nothing_and_leaves_nothing_half(
    tmp_path: Path, writers: Writers, share: int
) -> None:
    """SIGKILL at every state-changing call of an append, each nth use of each."""
    bench = Bench(tmp_path, writers)
    strikes = kills(bench.uses())
    assert len(strikes) > 120
    assert {"openat", "write", "pwrite64", "fsync", "rename", "close"} <= {strike.call for strike in strikes}
    struck = [bench.check(strike, full=strike.nth % 3 == 0) for strike in strikes[share::SHARES]]
    assert sum(struck) > 0.9 * len(struck)


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_a_writer_whose_disk_fails_at_any_system_call_stops_and_keeps_the_log(
    tmp_path: Path, writers: Writers, share: int
) -> None:
    """After EIO, and after a sync that failed in whatever way, the writer makes no further change: it only closes."""
    bench = Bench(tmp_path, writers)
    strikes = errors(bench.uses())[share::SHARES]
    struck = [bench.check(strike, full=strike.nth % 3 == 0) for strike in strikes]
    assert sum(struck) > 0.9 * len(struck)


@pytest.mark.slow
def test_a_writer_struck_while_it_clears_up_after_another_leaves_it_to_the_next(
    tmp_path: Path, writers: Writers
) -> None:
    """Recovery may be cut short at each of its own system calls: the log stays what it was, and the next writer clears up."""
    bench = Bench(tmp_path, writers)
    renames = [nth for call, nth in bench.uses() if call == "rename"]
    for first, (cut, size) in enumerate(((renames[-2], bench.before), (renames[-1], bench.before + ADDED))):
        bench.struck(Strike("rename", cut, "SIGKILL"))  # at the checkpoint's rename, and at that of its copy
        shutil.copytree(bench.copy, tmp_path / f"cut{cut}")
        unharmed = bench.cleared(tmp_path / f"cut{cut}", Strike())
        assert int(unharmed.told[0].removeprefix("cleared ")) > 0
        for at, (call, nth) in enumerate(sorted(set(unharmed.calls_on(bench.copy))), first):
            bench.cleared(tmp_path / f"cut{cut}", Strike(call, nth, ("SIGKILL", "EIO")[at % 2]))
            check_crashed(bench.copy, bench.kept, (size, size), None, full=False)


@pytest.mark.soak
def test_ten_thousand_kills(tmp_path: Path, writers: Writers) -> None:
    """Kills and errors at random system calls, as many as CUSTODIET_KILLS says."""
    bench, chance = Bench(tmp_path, writers), random.Random(11)
    uses = bench.uses()
    for _ in range(int(os.environ.get("CUSTODIET_KILLS", "10000"))):
        call, nth = chance.choice(uses)
        bench.check(Strike(call, nth, chance.choice(["SIGKILL"] * 8 + ["EIO", "ENOSPC"])))
