"""A writer that is stopped while processes work for it: the log is as it was, and none of them stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.ledgers import Kept, access_row, staged

SCRIPT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored where the tests run in the background
from pathlib import Path
from custodiet.logstore import segments, workshop
from support.ledgers import Kept, KeyFolder
workshop._FEW_BYTES, segments._MOST_ROWS = 0, 256
workshop.workers = lambda: 2
kept = Kept(Path(sys.argv[1]), KeyFolder(Path(sys.argv[1]) / "keys"))
with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
    appender.append_table("access/1", Path(sys.argv[2]), lambda done, total: print(done, flush=True))
    appender.append_table("access/1", Path(sys.argv[2]), lambda done, total: print(done, flush=True))
    input()
    appender.commit()
"""


def working_for(mark: str) -> list[int]:
    """Return the processes whose search path has the mark."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                words = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if b"custodiet.logstore.sealer" in words and mark.encode() in words:
                found.append(int(process.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_writer_takes_its_workers_along(tmp_path: Path, by: signal.Signals) -> None:
    """Stopped from the keyboard, ended or killed: nothing is committed, the next writer goes on, no process is left over."""
    kept = Kept.create(tmp_path / "ledger")
    table = staged(tmp_path / "a.parquet", [access_row(number) for number in range(1_000)])
    mark = tmp_path / "mark"
    mark.mkdir()
    path = os.pathsep.join([str(mark), *sys.path])
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(kept.folder), str(table)],
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline()  # some rows are sealed
        assert working_for(str(mark))
        writer.send_signal(by)
        assert writer.wait(120) != 0
    gone = time.monotonic() + 10
    while working_for(str(mark)) and time.monotonic() < gone:
        time.sleep(0.05)
    assert working_for(str(mark)) == []
    assert kept.verify().size == 4
    assert kept.append(table) == 1_004
