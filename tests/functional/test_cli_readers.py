"""One writer at a time, and readers that never wait for it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command_line import LAWFUL, piped, said

HOLD = """
import sys, time
from pathlib import Path
from custodiet.logstore.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def holding(lock: Path) -> subprocess.Popen[str]:
    """Return another process that holds a lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.fixture
def writer(vault: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process writes to the vault as long as the test runs."""
    process = holding(vault / "ledger" / "lock")
    yield process
    process.kill()
    process.communicate()


def test_a_second_writer_is_told_who_writes(vault: Path, exports: Path, writer: subprocess.Popen[str]) -> None:
    """Exit code 4 at once, a sentence with the process's number, and nothing changed."""
    before = (vault / "ledger" / "checkpoint").read_bytes()
    file, mapping = exports / "exports" / "hr" / "staff.csv", exports / "mappings" / "hr_staff.toml"

    began = time.monotonic()
    told = said("context", vault, file, "-m", mapping)

    assert (told.code, told.out) == (4, "")
    assert f"Process {writer.pid} " in told.err
    assert time.monotonic() - began < 30
    assert (vault / "ledger" / "checkpoint").read_bytes() == before
    assert said("context", vault, file, "-m", mapping, "--json").body["error"] == "Locked"


def test_readers_do_not_wait_for_a_writer(vault: Path, tmp_path: Path, writer: subprocess.Popen[str]) -> None:
    """Queue, show, why, report, verify, and an audit that is there already, work while another process writes."""
    page = said("queue", vault, *LAWFUL, "-n", 1, "--json")
    finding = page.body["findings"][0]["finding"]
    event = said("show", vault, finding, *LAWFUL, "--json").body["accesses"][0]["access"]

    assert page.code == 0
    assert said("why", vault, event, *LAWFUL).code == 0
    assert said("report", vault, tmp_path / "r.html", *LAWFUL).code == 0
    assert said("quarantine", "list", vault, *LAWFUL).code == 0
    assert said("verify", vault).code == 0
    assert said("audit", vault).code == 0
    assert writer.poll() is None


def test_a_lock_goes_with_its_process(vault: Path, exports: Path, writer: subprocess.Popen[str]) -> None:
    """After a kill nothing has to be cleared up by hand."""
    file, mapping = exports / "exports" / "hr" / "staff.csv", exports / "mappings" / "hr_staff.toml"
    assert said("context", vault, file, "-m", mapping).code == 4

    writer.kill()
    writer.wait()

    assert said("context", vault, file, "-m", mapping).code == 0


def test_two_audits_at_once_do_not_meet(vault: Path) -> None:
    """A second audit says who makes one already, and the queue of the last one stays readable."""
    process = holding(vault / "derived" / "lock")
    try:
        told = said("audit", vault)
        assert told.code == 4
        assert f"Process {process.pid} " in told.err
        assert said("queue", vault, *LAWFUL, "-n", 1).code == 0
    finally:
        process.kill()
        process.communicate()


def test_a_reader_of_a_pipe_that_has_seen_enough_is_no_error(vault: Path) -> None:
    """`custodiet queue | head -1` ends without a traceback."""
    words = f"{sys.executable} -m custodiet queue {vault} -n 500 --purpose lawfulness | head -1"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=True)

    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_looks_of_several_processes_do_not_run_into_each_other(vault: Path) -> None:
    """Two processes that look at the same time both leave their record, each on a line of its own."""
    import threading

    threads = [threading.Thread(target=piped, args=("queue", vault, *LAWFUL, "-n", 1)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    from support.command_line import looks_waiting

    assert [look["act"] for look in looks_waiting(vault)] == ["queue"] * 3
