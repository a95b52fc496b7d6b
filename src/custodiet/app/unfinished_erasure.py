"""What an erasure has still to take away outside the ledger, noted before the commit and done after it.

A process that is killed in between leaves the note, and the next writer does what it says: if the erasure was committed,
the places named are emptied and the keys named destroyed; if not, nothing is. The note holds numbers and names of
deliveries, and nothing personal.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from custodiet.errors import BadInput

#: A delivery, and the position of a record of it in quarantine.
Place = tuple[str, int]
_NOTE = "erasing.json"


@dataclass(frozen=True, slots=True)
class UnfinishedErasure:
    """The note of a vault."""

    vault: Path

    def begin(self, number: int, places: Sequence[Place], keys: Sequence[str]) -> None:
        """The note says that these places are to be emptied, and these keys destroyed, once the act of that number is done."""
        new = self._path.with_suffix(".unfinished")
        with new.open("w", encoding="utf-8") as file:
            json.dump({"act": number, "quarantine": [list(place) for place in places], "keys": list(keys)}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        sync_folder(self.vault)

    def finish(
        self, is_done: Callable[[int], bool], take_away: Callable[[Sequence[Place], Sequence[str]], None]
    ) -> None:
        """Do what the note says, if its act was done, and remove it."""
        if not self._path.exists():
            return
        number, places, keys = self._read()
        if is_done(number):
            take_away(places, keys)
        self._path.unlink()
        sync_folder(self.vault)

    @property
    def _path(self) -> Path:
        return self.vault / _NOTE

    def _read(self) -> tuple[int, list[Place], list[str]]:
        try:
            body = json.loads(self._path.read_text(encoding="utf-8"))
            places = [(str(delivery), int(at)) for delivery, at in body["quarantine"]]
            return int(body["act"]), places, [str(name) for name in body["keys"]]
        except (ValueError, KeyError, TypeError) as error:
            msg = "the note of an unfinished erasure cannot be read"
            raise BadInput(msg, file=_NOTE) from error


def emptied(folder: Path) -> None:
    """Nothing is left in the folder, for good."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Bring the folder's names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
