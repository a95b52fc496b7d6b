"""Processes that work for this one: Python runs one thread at a time, so that more processors need more processes.

They are started as programs of their own, with this program's search path, and not by forking or by importing its main
module again: so it does not matter whether that is a script without a guard, a notebook or what is typed in, nor which
threads are running. Where none can be started, the work is done here.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import subprocess
import sys
import threading
from typing import Any, BinaryIO, cast

from custodiet.errors import EnvironmentFault
from custodiet.logstore.sealer import READY, received, send
from custodiet.logstore.tasks import Task

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from custodiet.logstore.sealer import main; main()"
_START_SECONDS, _END_SECONDS = 60, 5
_PIPE_BYTES = 1 << 20


class WorkerLost(EnvironmentFault):
    """A process that worked for this one ended before its time; what it was at is not done."""


class Worker:
    """One process that does tasks."""

    def __init__(self) -> None:
        """Start it, and return when it is ready; raises OSError if it does not get so far."""
        if not sys.executable or getattr(sys, "frozen", False):
            raise OSError("there is no interpreter to start")
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *map(str, sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                name: value for name, value in os.environ.items() if not name.startswith("CUSTODIET_")
            },  # no passphrase
            process_group=0,  # a stop from the keyboard is for this process, which then ends its workers
        )
        for stream in (self._tasks, self._answers):
            _widen(stream)
        if not self._ready():
            self.close()
            raise OSError("it did not start")

    def done(self, task: Task) -> Any:
        """Return the task's result or raise its error; raises WorkerLost if the process ends before."""
        try:
            send(self._tasks, task)
            succeeded, answer = received(self._answers)
        except (OSError, EOFError):
            # its cause is left out: a pipe that broke is no fault of the disk, and need not stop the writer's clearing up
            raise WorkerLost(
                f"A process that encodes and hashes entries has ended before its time ({self._ended()})."
                " If it was killed, there may be too little memory. The log is as it was before."
            ) from None
        if succeeded:
            return answer
        raise answer

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(OSError):
            self._tasks.close()
        self._ended()
        self._answers.close()

    @property
    def _tasks(self) -> BinaryIO:
        return cast("BinaryIO", self._process.stdin)

    @property
    def _answers(self) -> BinaryIO:
        return cast("BinaryIO", self._process.stdout)

    def _ready(self) -> bool:
        readable, _, _ = select.select([self._answers], [], [], _START_SECONDS)
        return bool(readable) and self._answers.read(len(READY)) == READY

    def _ended(self) -> str:
        try:
            status = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        return f"signal {-status}" if status < 0 else f"status {status}"


class Crew:
    """The workers of one writer or verifier: each of its threads has its own."""

    def __init__(self) -> None:
        """Have no worker yet."""
        self._own = threading.local()
        self._workers: list[Worker] = []
        self._startable = True

    def done(self, task: Task) -> Any:
        """Return the task's result, worked out by this thread's process; started now if there is none yet."""
        if not hasattr(self._own, "worker"):
            self._own.worker = self._started()
        return task.done() if self._own.worker is None else self._own.worker.done(task)

    def close(self) -> None:
        """End all processes. No thread may be waiting for one."""
        while self._workers:
            self._workers.pop().close()

    def _started(self) -> Worker | None:
        try:
            worker = Worker() if self._startable else None
        except OSError:
            self._startable, worker = False, None
        self._workers += [worker] if worker else []
        return worker


def _widen(stream: BinaryIO) -> None:
    """Let more pass at a time, where the system can."""
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
