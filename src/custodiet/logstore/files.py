"""Writing that promises something: each verb returns once what it wrote would survive the loss of power.

An error of the disk is never tried again: after a failed fsync nobody knows what is on the disk, so the writer stops.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custodiet.errors import EnvironmentFault

#: What a file is called until it is whole. Whoever finds one after a crash may delete it.
UNFINISHED = ".unfinished"


@contextmanager
def disk(doing: str) -> Iterator[None]:
    """Turn an error of the disk into an EnvironmentFault that says what was being done."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise EnvironmentFault(f"The disk failed while {doing}: {reason}. The log is as it was before.") from error


def unfinished(path: Path) -> Path:
    """Return the name under which the file is written until it is whole."""
    return path.with_name(path.name + UNFINISHED)


def replace(path: Path, data: bytes) -> None:
    """Make the file hold exactly these bytes: readers see the old file or the new one, never a part."""
    with unfinished(path).open("wb") as file:
        file.write(data)
    publish(path)


def publish(path: Path) -> None:
    """Give the unfinished file its name, for good."""
    source = unfinished(path)
    sync(source)
    source.rename(path)
    sync_folder(path.parent)


def sync(path: Path) -> None:
    """Bring the file's bytes to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Bring the folder's names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make the folder, if it is not there, for good."""
    if not folder.is_dir():
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        sync_folder(folder.parent)


def truncate(path: Path, length: int) -> None:
    """Cut the file to that length, for good."""
    with path.open("r+b") as file:
        file.truncate(length)
        os.fsync(file.fileno())
