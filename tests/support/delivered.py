"""Deliveries for the tests of the file readers: what a reader made of some bytes, as plain values."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from custodiet.ingest.ports import RawReader, Unreadable


@dataclass(kw_only=True)
class Delivered:
    """All batches of one file taken together."""

    names: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    originals: list[bytes] = field(default_factory=list)
    rows: list[dict[str, str | None]] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    not_audit: int = 0
    batches: int = 0

    @property
    def received(self) -> int:
        """Return how many records there were, readable or not."""
        return len(self.rows) + len(self.unreadable)

    @property
    def pieces(self) -> list[tuple[int, bytes]]:
        """Return position and bytes of every record, in the order of the file."""
        whole = [
            *zip(self.positions, self.originals, strict=True),
            *((u.position, u.original) for u in self.unreadable),
        ]
        return sorted(whole)


class Trickle(io.RawIOBase):
    """A stream that gives a few bytes at a time, so that blocks end anywhere."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__()
        self._inner, self._step = io.BytesIO(data), step

    def read(self, size: int = -1) -> bytes:
        """Return at most the step's number of bytes."""
        return self._inner.read(self._step if size < 0 else min(size, self._step))


def delivered(reader: RawReader, data: bytes | io.RawIOBase, name: str = "delivery") -> Delivered:
    """Return everything that the reader makes of the bytes."""
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    found = Delivered()
    for batch in reader(stream, name):
        table = batch.table
        found.batches += 1
        found.names = table.column_names[2:]
        found.positions += table.column(0).to_pylist()
        found.originals += table.column(1).to_pylist()
        columns = [table.column(number).to_pylist() for number in range(2, table.num_columns)]
        found.rows += [
            {name: column[at] for name, column in zip(found.names, columns, strict=True)}
            for at in range(table.num_rows)
        ]
        found.unreadable += batch.unreadable
        found.not_audit += batch.not_audit
    return found
