"""A small ledger for tests of intake: rows and records in a folder, visible all at once when a name is replaced."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq


class FolderLedger:
    """Keeps what was committed as a list of files and records in `ledger.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def state(self) -> list[dict[str, Any]]:
        """Return what was committed."""
        path = self.folder / "ledger.json"
        return json.loads(path.read_text()) if path.exists() else []

    def read(self) -> FolderReader:
        """Return a snapshot."""
        return FolderReader(self.folder, self.state())

    @contextmanager
    def write(self) -> Iterator[FolderWriter]:
        """Return the one writer."""
        yield FolderWriter(self)


class FolderReader:
    """What was committed."""

    def __init__(self, folder: Path, state: list[dict[str, Any]]) -> None:
        self._folder, self._state = folder, state

    @property
    def size(self) -> int:
        """Return the number of entries."""
        return sum(item["rows"] for item in self._state)

    def size_of(self, typs: Sequence[str]) -> int:
        """Refuse: intake does not ask."""
        raise NotImplementedError

    def root_at(self, size: int) -> bytes:
        """Refuse: intake does not ask."""
        raise NotImplementedError

    def last_erasure(self) -> int:
        """Refuse: intake does not ask."""
        raise NotImplementedError

    def gone_since(self, size: int) -> list[str]:
        """Refuse: intake does not ask."""
        raise NotImplementedError

    def accesses_gone(self, size: int) -> int:
        """Refuse: intake does not ask."""
        raise NotImplementedError

    def absent(self, size: int) -> list[int]:
        """Refuse: intake does not ask."""
        raise NotImplementedError

    def segments(self, typ: str, size: int | None = None) -> list[Path]:
        """Return the files of one type, in order."""
        return [self._folder / item["file"] for item in self._state if item["typ"] == typ and "file" in item]

    def records(self, typ: str, size: int | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the records of one type with their indices."""
        at = 0
        for item in self._state:
            for number, body in enumerate(item.get("bodies", ())):
                if item["typ"] == typ:
                    yield at + number, body
            at += item["rows"]


class FolderWriter:
    """An open append."""

    def __init__(self, ledger: FolderLedger) -> None:
        self._ledger, self._state = ledger, ledger.state()

    def append_table(self, typ: str, path: Path) -> tuple[int, int]:
        """Add the rows of a file."""
        name = f"{len(self._state):05d}.parquet"
        shutil.copy(path, self._ledger.folder / name)
        return self._add({"typ": typ, "file": name, "rows": pq.read_metadata(path).num_rows})

    def append_records(self, typ: str, bodies: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
        """Add control records."""
        return self._add({"typ": typ, "bodies": [dict(body) for body in bodies], "rows": len(bodies)})

    def append_deeds(self, deeds: Sequence[object]) -> tuple[int, int]:
        """Refuse: intake adds none."""
        raise NotImplementedError

    def commit(self) -> object:
        """Make everything visible at once."""
        staged = self._ledger.folder / "ledger.new"
        staged.write_text(json.dumps(self._state))
        staged.replace(self._ledger.folder / "ledger.json")
        return len(self._state)

    def _add(self, item: dict[str, Any]) -> tuple[int, int]:
        start = sum(one["rows"] for one in self._state)
        self._state.append(item)
        return start, start + item["rows"]
