"""Processes that encode and hash for a writer: the same log comes of it, and nothing of it when one is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from custodiet.errors import BadInput
from custodiet.ledger.faults import LogDamaged
from custodiet.logstore import crew, workshop
from custodiet.logstore.crew import Crew, Worker, WorkerLost
from custodiet.logstore.tasks import Raising
from support.ledgers import Kept, access_row, staged


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return a new log."""
    return Kept.create(tmp_path / "ledger")


@pytest.fixture
def _much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take any work for much, and this for a machine of two processors."""
    monkeypatch.setattr(workshop, "_FEW_BYTES", 0)
    monkeypatch.setattr(workshop, "workers", lambda: 2)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """Return the workers that are started from now on."""
    found: list[Worker] = []
    begin = Worker.__init__

    def noted(self: Worker) -> None:
        begin(self)
        found.append(self)

    monkeypatch.setattr(Worker, "__init__", noted)
    return found


def files_of(kept: Kept) -> dict[str, bytes]:
    """Return the bytes of all files of the log that have any, the lock aside."""
    files = (path for path in kept.folder.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path): data for path in files if (data := path.read_bytes())}


@pytest.mark.usefixtures("_much")
def test_what_workers_make_holds(kept: Kept, tmp_path: Path, started: list[Worker]) -> None:
    """A log whose leaves were made by other processes is the one that this process makes when it verifies, and the other way round."""
    kept.append(staged(tmp_path / "a.parquet", [access_row(number) for number in range(700)]))
    assert started
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workshop, "_FEW_BYTES", 10**9)
        assert kept.verify().size == 704
    begun = len(started)
    assert kept.verify().size == 704
    assert len(started) > begun
    assert all(worker._process.returncode == 0 for worker in started)


def test_a_small_append_starts_no_process(kept: Kept, tmp_path: Path, started: list[Worker]) -> None:
    """A few rows, or a look, are worked out here: a start would take longer."""
    kept.append(staged(tmp_path / "a.parquet", [access_row(number) for number in range(700)]))
    kept.verify()
    assert started == []


@pytest.mark.usefixtures("_much")
def test_a_value_that_a_worker_refuses_is_named(kept: Kept, tmp_path: Path, started: list[Worker]) -> None:
    """The error is the one that this process would raise, and the log is as it was."""
    before = files_of(kept)
    rows = [access_row(0), access_row(1, extra='{"b":1,"a":2}')]
    with pytest.raises(BadInput, match="canonical") as refused:
        kept.append(staged(tmp_path / "bad.parquet", rows))
    assert refused.value.field == "extra"
    assert started
    assert files_of(kept) == before


@pytest.mark.usefixtures("_much")
def test_a_lost_worker_leaves_the_log_as_it_was(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[Worker]
) -> None:
    """A worker that is killed ends the append with an error that says so, and nothing of the append stays."""
    before, begin = files_of(kept), Worker.__init__

    def doomed(self: Worker) -> None:
        begin(self)
        self._process.kill()

    monkeypatch.setattr(Worker, "__init__", doomed)
    table = staged(tmp_path / "a.parquet", [access_row(number) for number in range(700)])
    with pytest.raises(WorkerLost, match="signal 9"):
        kept.append(table)
    assert started
    assert files_of(kept) == before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Worker, "__init__", begin)
        assert kept.append(table) == 704


@pytest.mark.usefixtures("_much")
def test_a_lost_worker_is_no_damage_of_the_log(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verification that loses a worker says that, and blames neither rows nor seeds."""
    kept.append(staged(tmp_path / "a.parquet", [access_row(number) for number in range(700)]))
    begin = Worker.__init__

    def doomed(self: Worker) -> None:
        begin(self)
        self._process.kill()

    monkeypatch.setattr(Worker, "__init__", doomed)
    with pytest.raises(WorkerLost):
        kept.verify()
    assert not issubclass(WorkerLost, LogDamaged)


def test_where_no_process_can_be_started_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an interpreter to start, or with one that is something else, tasks are done all the same."""
    tiles = bytes(8192)
    for interpreter in ("", "/bin/true", "/nonexistent"):
        monkeypatch.setattr(crew.sys, "executable", interpreter)  # type: ignore[attr-defined]
        hands = Crew()
        assert hands.done(Raising(tiles)) == Raising(tiles).done()
        hands.close()


def test_a_script_without_a_guard_starts_its_main_module_once(tmp_path: Path) -> None:
    """Workers are programs of their own: what calls the library is not run again in them, wherever it comes from."""
    script = (
        "from custodiet.logstore.crew import Crew\n"
        "from custodiet.logstore.tasks import Raising\n"
        "print('once')\n"
        "crew = Crew()\n"
        "assert crew.done(Raising(bytes(8192))) == Raising(bytes(8192)).done()\n"
        "assert len(crew._workers) == 1\n"
        "crew.close()\n"
    )
    (tmp_path / "plain.py").write_text(script)
    for arguments, said in (([str(tmp_path / "plain.py")], None), (["-"], script)):
        ran = subprocess.run(
            [sys.executable, *arguments], input=said, capture_output=True, text=True, check=True, cwd=tmp_path
        )
        assert ran.stdout == "once\n"
