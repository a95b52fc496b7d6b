"""A folder with an export in the layout of C2SP tlog-tiles, as it may be served by any web server."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from custodiet.errors import Locked
from custodiet.ledger.static_names import CHECKPOINT, MINIMUM_INDEX, TILES
from custodiet.logstore.files import UNFINISHED, replace


@dataclass(frozen=True, slots=True)
class StaticFolder:
    """The folder; it need not be there yet."""

    folder: Path

    def read(self, path: str) -> bytes | None:
        """Return the bytes of the file of that name; None if there is none."""
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def names(self) -> Iterator[str]:
        """Yield the names of all files under `tile/`."""
        for within, _, files in os.walk(self.folder / TILES):
            place = Path(within).relative_to(self.folder)
            yield from ((place / name).as_posix() for name in files)

    def others(self) -> list[str]:
        """Return the names in the folder that no export has."""
        ours = {CHECKPOINT, MINIMUM_INDEX, TILES, UNFINISHED}
        return sorted(path.name for path in self.folder.iterdir() if path.name not in ours)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make the folder if need be, and hold it for one writer; raises Locked at once if another has it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise Locked(f"Another process exports to {self.folder}.") from error
        finally:
            os.close(descriptor)

    def write(self, path: str, data: bytes) -> None:
        """Make the file hold exactly these bytes: readers see it whole or not at all. `publish` brings it to the disk."""
        # there is one writer, so one name for what is not whole yet will do
        prepared, place = self.folder / UNFINISHED, self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        prepared.write_bytes(data)
        prepared.rename(place)

    def publish(self, note: bytes) -> None:
        """Bring all that was written to the disk, and then replace the checkpoint for good: from now on it counts."""
        os.sync()
        replace(self.folder / CHECKPOINT, note)
