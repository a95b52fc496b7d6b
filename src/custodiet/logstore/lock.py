"""The lock of the one writer. It goes with the process that holds it: nothing is left behind by a kill."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from custodiet.errors import Locked


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Hold the lock; raises Locked at once, naming the holder, if another has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Locked(_held(descriptor, path)) from error
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {since}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _held(descriptor: int, path: Path) -> str:
    process, _, since = os.pread(descriptor, 100, 0).decode("ascii", errors="replace").strip().partition(" ")
    holder = f"Process {process} has been writing since {since}" if since else "Another process has begun to write"
    return f"{holder} ({path}). Try again when it is done; reading is possible meanwhile."
