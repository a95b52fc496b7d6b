"""Quarantine on disk: one Parquet file for each delivery, written before the ledger names the delivery, never changed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.ingest.delivery import Quarantined
from custodiet.ingest.envelope import Envelope
from custodiet.ingest.ports import Unreadable
from custodiet.ingest.quarantine import Entry
from custodiet.ingest.staging import Label
from custodiet.model.deliveries import Problem

_TOLD = ("position", "part", "original", "reason", "field", "found", "expected")
_TYPES: dict[str, pa.DataType] = {"position": pa.int64(), "part": pa.int64(), "original": pa.binary()}
_FIELDS: list[pa.Field[Any]] = [pa.field(name, _TYPES.get(name, pa.string())) for name in _TOLD]
_SCHEMA = pa.schema(_FIELDS)
_DRIVEN_FIELDS: list[pa.Field[Any]] = [
    pa.field("delivery", pa.string()),
    pa.field("position", pa.int64()),
    pa.field("redriven_in", pa.string()),
]
_DRIVEN = pa.schema(_DRIVEN_FIELDS)
_META = b"custodiet."
_ABOUT = ("delivery", "source", "file_name", "file_digest")
_AROUND = ("head", "between", "tail")


class QuarantineWriter:
    """Writes the quarantined records of one delivery, batch by batch; without any there is no file."""

    def __init__(self, path: Path, label: Label) -> None:
        self._reasons: Counter[tuple[str, str | None]] = Counter()
        self._path, self._label = path, label
        self._writer: pq.ParquetWriter | None = None

    def add(self, rows: pa.Table) -> None:
        """Keep these records: position, part, original, reason, field, found and expected."""
        if rows.num_rows == 0:
            return
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._path, _SCHEMA.with_metadata(_metadata(self._label)), compression="zstd"
            )
        self._writer.write_table(rows.select(_TOLD).cast(_SCHEMA))
        told = rows.select(("reason", "field")).to_pylist()
        self._reasons.update((row["reason"], row["field"]) for row in told)

    def add_unreadable(self, records: Sequence[Unreadable]) -> None:
        """Keep these records that could not be cut into fields."""
        self.add(pa.Table.from_pylist([_told(r.position, r.original, r.problem) for r in records], _SCHEMA))

    @property
    def reasons(self) -> tuple[Quarantined, ...]:
        """Return how many records were kept for each reason and field."""
        ordered = sorted(self._reasons.items(), key=lambda item: (item[0][0], item[0][1] or ""))
        return tuple(Quarantined(reason=reason, field=field, records=count) for (reason, field), count in ordered)

    def close(self) -> Path | None:
        """Return the finished file, or None where nothing is in quarantine."""
        if self._writer is None:
            return None
        self._writer.close()
        return self._path


def _told(position: int, original: bytes, problem: Problem) -> dict[str, Any]:
    told = {"reason": problem.reason, "field": problem.field, "found": problem.found, "expected": problem.expected}
    return {"position": position, "part": 0, "original": original, **told}


def _metadata(label: Label) -> dict[bytes, bytes]:
    texts = {name: getattr(label, name).encode() for name in _ABOUT}
    around = {name: getattr(label.envelope, name) for name in _AROUND}
    return {_META + name.encode(): value for name, value in (texts | around).items()}


class Quarantine:
    """The quarantine folder of a vault. What belongs to a delivery that the ledger does not name is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def forget(self, delivery: str) -> None:
        """Take away what a writer that was cut short had kept for a delivery of this name: the name is given anew."""
        paths = (self._records(delivery), self._marks(delivery), _unfinished(self._marks(delivery)))
        left = [path for path in paths if path.exists()]
        if left:
            with _changing(self._folder):
                for path in left:
                    path.unlink()

    def publish(self, staged: Path, delivery: str) -> None:
        """Move a finished file into the folder; it shows once the ledger names its delivery."""
        self._make_folder()
        move(staged, self._records(delivery))

    def mark_redriven(self, entries: Sequence[Entry], delivery: str) -> None:
        """Say in a file of its own that these records were driven again in that delivery."""
        rows = [{"delivery": e.delivery, "position": e.position, "redriven_in": delivery} for e in entries]
        self._make_folder()
        staged = _unfinished(self._marks(delivery))
        pq.write_table(pa.Table.from_pylist(rows, _DRIVEN), staged)
        move(staged, self._marks(delivery))

    def entries(self, committed: Collection[str]) -> Iterator[Entry]:
        """Yield the records in quarantine of these deliveries, by delivery and position."""
        driven = self._driven(committed)
        for delivery in sorted(committed):
            path = self._records(delivery)
            if path.exists():
                yield from _entries(path, driven)

    def _make_folder(self) -> None:
        """The folder is there for good: what is moved into it must not go with its name."""
        if not self._folder.is_dir():
            with _changing(self._folder.parent):
                self._folder.mkdir(exist_ok=True)

    def _records(self, delivery: str) -> Path:
        return self._folder / f"{delivery}.parquet"

    def _marks(self, delivery: str) -> Path:
        return self._folder / f"{delivery}.redriven.parquet"

    def _driven(self, committed: Collection[str]) -> dict[tuple[str, int], str]:
        driven: dict[tuple[str, int], str] = {}
        for delivery in sorted(committed):
            path = self._marks(delivery)
            if path.exists():
                rows = pq.read_table(path).to_pylist()
                driven |= {(row["delivery"], row["position"]): row["redriven_in"] for row in rows}
        return driven


def _entries(path: Path, driven: dict[tuple[str, int], str]) -> Iterator[Entry]:
    table = pq.read_table(path)
    about = {name.removeprefix(_META).decode(): value for name, value in (table.schema.metadata or {}).items()}
    texts = {name: about[name].decode() for name in _ABOUT}
    envelope = Envelope(**{name: about[name] for name in _AROUND})
    for row in table.sort_by([("position", "ascending")]).to_pylist():
        problem = Problem(**{name: row[name] for name in ("reason", "field", "found", "expected")})
        yield Entry(
            **texts,
            envelope=envelope,
            position=row["position"],
            part=row["part"],
            original=row["original"],
            problem=problem,
            redriven_in=driven.get((texts["delivery"], row["position"])),
        )


def move(staged: Path, final: Path) -> None:
    """Give the staged file its final name; first its bytes are made durable, then the name."""
    with staged.open("rb") as stream:
        os.fsync(stream.fileno())
    with _changing(final.parent):
        staged.replace(final)


def _unfinished(path: Path) -> Path:
    return path.with_suffix(".unfinished")


@contextmanager
def _changing(folder: Path) -> Iterator[None]:
    """Bring what was done to names in the folder to the disk; it is open before, so that no error of that is lost."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
