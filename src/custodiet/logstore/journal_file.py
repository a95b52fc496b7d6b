"""A file of the journal that this process adds groups to, until a writer takes it to enter its records."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from custodiet.ledger.journal import digest_of, first_line, group
from custodiet.logstore.files import Unsynced, fsync, write

#: How the names of files end that processes may be adding to, and of those that a writer has taken.
OPEN, CLOSED = ".journal", ".closed"


class JournalFile:
    """One file, made by this process and known to no other but by its name."""

    def __init__(self, folder: Path) -> None:
        """Begin a file of a new name. The folder is open before, so that no error of bringing the name to the disk is lost."""
        self.name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(8)}"
        self._path = folder / f"{self.name}{OPEN}"
        self._records, self._digest = 0, sha256(first_line(self.name)).digest()
        with ExitStack() as held:
            self._folder = _open(held, folder, os.O_RDONLY | os.O_DIRECTORY)
            self._file = _open(held, self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            self._held = held.pop_all()

    def add(self, payload: bytes, records: int) -> int | None:
        """Write the records as one group, for good, and return how many stand before them.

        Returns None, and writes nothing, if a writer has taken the file. While a group is written the file is locked, so
        that no writer takes it between write and sync. Raises OSError, after which nobody knows what the file's end is.
        """
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            if not self._path.exists():
                return None
            is_new = not self._records
            write(self._file, (first_line(self.name) if is_new else b"") + group(self._digest, payload))
            _sync(self._file)
            if is_new:
                fsync(self._folder)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        before, self._records, self._digest = self._records, self._records + records, digest_of(self._digest, payload)
        return before

    def close(self) -> None:
        """Close the file."""
        self._held.close()


def _open(held: ExitStack, path: Path, flags: int) -> int:
    descriptor = os.open(path, flags, 0o666)
    held.callback(os.close, descriptor)
    return descriptor


def _sync(descriptor: int) -> None:
    try:
        os.fdatasync(descriptor)
    except OSError as error:
        raise Unsynced(error.errno, error.strerror) from error
