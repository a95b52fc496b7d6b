"""The lock of the one writer. It goes with the process that holds it: nothing is left behind by a kill.

Each holder writes a higher epoch into the file. Whoever no longer finds the locked file in its place, with his own
epoch in it, has lost the lock, by whatever way (the file was removed and made anew, the file system forgot the lock),
and must not touch what another may be writing now.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from custodiet.errors import Locked

#: Always as long, so that it is written over in its place: a full disk keeps nobody from taking the lock and clearing up.
_WIDTH = 80
_HELD = re.compile(rb"process (?P<process>\d+) since (?P<since>[0-9: -]+ UTC) epoch (?P<epoch>\d+) *\n")


@dataclass(frozen=True, slots=True)
class Hold:
    """The lock, held."""

    path: Path
    descriptor: int
    epoch: int

    def check(self) -> None:
        """Return if the lock is still this holder's; raises Locked if it was lost."""
        own, found = os.fstat(self.descriptor), _stat(self.path)
        same = found is not None and (found.st_dev, found.st_ino) == (own.st_dev, own.st_ino)
        if not same or _read(self.descriptor)[1] != self.epoch:
            raise Locked(
                f"This process lost its lock ({self.path} was removed, replaced or taken by another);"
                " it wrote nothing more, and nothing was committed."
            )


@contextmanager
def writing(path: Path) -> Iterator[Hold]:
    """Hold the lock; raises Locked at once, naming the holder, if another has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Locked(_held(descriptor, path)) from error
        hold = Hold(path, descriptor, _read(descriptor)[1] + 1)
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        text = f"process {os.getpid()} since {since} epoch {hold.epoch}"
        os.pwrite(descriptor, f"{text:{_WIDTH - 1}}\n".encode(), 0)
        hold.check()  # the file that was locked may have been removed before it was
        yield hold
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> tuple[str, int]:
    """Return who holds the lock since when, in words, and his epoch."""
    found = _HELD.match(os.pread(descriptor, _WIDTH, 0))
    if found is None:
        return "Another process has begun to write", 0
    return f"Process {found['process'].decode()} has been writing since {found['since'].decode()}", int(found["epoch"])


def _held(descriptor: int, path: Path) -> str:
    return f"{_read(descriptor)[0]} ({path}). Try again when it is done; reading is possible meanwhile."


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
