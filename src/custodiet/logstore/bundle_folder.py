"""Bundles of evidence on the disk: a folder, and the same as one file whose bytes depend on the bundle alone."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from custodiet.errors import BadInput
from custodiet.logstore.files import changing, fsync, sync_folder

#: A file of a bundle: its bytes, or where they lie until they are copied.
Piece = bytes | Path

#: The time that archives give to every file: the earliest that the format knows.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
#: Beyond this a file in an archive needs the newer form of its lengths.
_LARGE = 2**31 - 1


def write_folder(folder: Path, pieces: Mapping[str, Piece]) -> None:
    """The folder holds these files, all of them on the disk; it appears under its name only when it is whole.

    Raises BadInput if something of that name is there already.
    """
    if folder.exists():
        raise BadInput("There is something of that name already; nothing was written.", file=folder.name)
    building = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(building, ignore_errors=True)
    for name, piece in pieces.items():
        path = building / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("wb") as target:
            _copy(piece, target)
            target.flush()
            fsync(target.fileno())
    for inner in (building, *(path for path in building.iterdir() if path.is_dir())):
        sync_folder(inner)
    with changing(folder.parent):
        building.rename(folder)


def write_archive(path: Path, folder: str, pieces: Mapping[str, Piece]) -> None:
    """The file is a ZIP archive of these files below `folder`, stored as they are, in the order of their names."""
    with ZipFile(path, "x", ZIP_STORED) as archive:
        for name in sorted(pieces):
            info = ZipInfo(f"{folder}/{name}", _NO_TIME)
            info.create_system, info.external_attr = 3, 0o100600 << 16
            with archive.open(info, "w", force_zip64=_length(pieces[name]) > _LARGE) as target:
                _copy(pieces[name], target)


def opened_folder(folder: Path) -> dict[str, Path]:
    """Return the files of a bundle's folder by their names in it; raises BadInput for what is no folder, and for links."""
    if not folder.is_dir():
        raise BadInput("There is no such folder.", file=folder.name)
    paths = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    if any(not path.is_file() or path.is_symlink() for path in paths):
        raise BadInput("A bundle holds files and nothing else.", file=folder.name)
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _length(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece.stat().st_size


def _copy(piece: Piece, target: IO[bytes]) -> None:
    if isinstance(piece, bytes):
        target.write(piece)
        return
    with piece.open("rb") as source:
        shutil.copyfileobj(source, target, 1 << 20)
