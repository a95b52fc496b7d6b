"""Writing keys so that they survive the loss of power: a key that is lost is lost for ever."""

from __future__ import annotations

import os
from pathlib import Path

_UNFINISHED = ".unfinished"


def write_new(path: Path, data: bytes) -> None:
    """The file holds the bytes, for its owner alone; raises FileExistsError where there is one already."""
    _write(path, data, os.O_EXCL)
    sync_folder(path.parent)


def replace(path: Path, data: bytes) -> None:
    """The file holds these bytes: whoever opens it finds the old ones or the new ones, never a part."""
    prepared = path.with_name(path.name + _UNFINISHED)
    _write(prepared, data, os.O_TRUNC)
    rename(prepared, path)


def rename(old: Path, new: Path) -> None:
    """The file has its new name, for good."""
    old.rename(new)
    sync_folder(new.parent)
    if old.parent != new.parent:
        sync_folder(old.parent)


def remove(path: Path) -> None:
    """The file is not there, for good."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the folder's names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, data: bytes, how: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
