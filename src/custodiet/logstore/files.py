"""Writing that promises something: each verb returns once what it wrote would survive the loss of power.

An error of the disk is never tried again: after a failed fsync nobody knows what is on the disk, so the writer stops.
Files and folders are opened before they are changed and synced by that same descriptor, for the system tells an error
of writing back only to those who had the file open when it befell.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custodiet.errors import EnvironmentFault

#: What a file is called until it is whole. Whoever finds one after a crash may delete it.
UNFINISHED = ".unfinished"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Unsynced(OSError):
    """An fsync failed: nobody knows any more what is on the disk."""


#: What an error says of the log where nothing was committed.
AS_BEFORE = "The log is as it was before."


@contextmanager
def disk(doing: str, then: str = AS_BEFORE) -> Iterator[None]:
    """Turn an error of the disk into an EnvironmentFault that says what was being done, and what is so now."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise EnvironmentFault(f"The disk failed while {doing}: {reason}. {then}") from error


def leaves_doubt(fault: BaseException | None) -> bool:
    """Tell whether after this fault nothing more may be written; a full disk refused plainly, and may be cleared."""
    while fault is not None and not isinstance(fault, OSError):
        fault = fault.__cause__
    return fault is not None and (isinstance(fault, Unsynced) or fault.errno not in _FULL)


def unfinished(path: Path) -> Path:
    """Return the name under which the file is written until it is whole."""
    return path.with_name(path.name + UNFINISHED)


def replace(path: Path, data: bytes) -> None:
    """Make the file hold exactly these bytes: readers see the old file or the new one, never a part."""
    prepare(path, data)
    name(path)


def prepare(path: Path, data: bytes) -> None:
    """Write the bytes under the file's unfinished name.

    Unbuffered, for a buffer that could not be written would be tried again when the file is closed.
    """
    with unfinished(path).open("wb", buffering=0) as file:
        write(file.fileno(), data)
        fsync(file.fileno())


def write(descriptor: int, data: bytes, at: int | None = None) -> None:
    """Write all of the bytes at that place, or where the descriptor stands."""
    view, done = memoryview(data), 0
    while done < len(view):
        rest = view[done:]
        done += os.write(descriptor, rest) if at is None else os.pwrite(descriptor, rest, at + done)


def publish(path: Path) -> None:
    """Bring the unfinished file to the disk and give it its name, for good."""
    sync(unfinished(path))
    name(path)


def name(path: Path) -> None:
    """Give the unfinished file, whose bytes are on the disk already, its name, for good."""
    with changing(path.parent):
        unfinished(path).rename(path)


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Names that were made, given or taken away in the folder within the block are so on the disk after it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield
        fsync(descriptor)
    finally:
        os.close(descriptor)


def sync(path: Path) -> None:
    """Bring the file's bytes to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Bring the folder's names to the disk."""
    with changing(folder):
        pass


def fsync(descriptor: int) -> None:
    """Bring what was written to the descriptor's file to the disk; raises Unsynced."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise Unsynced(error.errno, error.strerror) from error


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make the folder, if it is not there, for good."""
    if not folder.is_dir():
        make_folder(folder.parent)
        with changing(folder.parent):
            folder.mkdir(mode=mode, exist_ok=True)


def truncate(path: Path, length: int) -> None:
    """Cut the file to that length, for good."""
    with path.open("r+b") as file:
        file.truncate(length)
        fsync(file.fileno())
