"""From cut records to a batch: an Arrow table of position, original bytes and one text column for each field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from custodiet.ingest.ports import RawBatch, Unreadable
from custodiet.model.deliveries import Problem
from custodiet.sources.files.encodings import has_undecodable

_SETTLE: Final = 1000
Texts: TypeAlias = "pa.Array[Any]"
Chunked: TypeAlias = "pa.ChunkedArray[Any]"


class Cut:
    """Records of one batch while they are being cut, in the file's order."""

    def __init__(self) -> None:
        self._positions: list[int] = []
        self._originals: list[bytes] = []
        self._rows: list[Sequence[str | None]] = []
        self._columns: list[list[str | None]] = []
        self._unreadable: list[Unreadable] = []

    def __len__(self) -> int:
        """Return how many records came so far, readable or not."""
        return len(self._positions) + len(self._unreadable)

    def keep(self, position: int, original: bytes, row: Sequence[str | None]) -> None:
        """Add a record that was cut into its fields; a row may be longer than those before it, never shorter."""
        if self._rows and len(row) != len(self._rows[-1]):
            self.settle()
        self._positions.append(position)
        self._originals.append(original)
        self._rows.append(row)
        if len(self._rows) >= _SETTLE:
            self.settle()

    def keep_all(self, positions: range, originals: Sequence[bytes], rows: Sequence[Sequence[str | None]]) -> None:
        """Add several records."""
        self._positions.extend(positions)
        self._originals.extend(originals)
        self._rows.extend(rows)
        self.settle()

    def refuse(self, position: int, original: bytes, problem: Problem) -> None:
        """Add a record that could not be cut."""
        self._unreadable.append(Unreadable(position=position, original=original, problem=problem))

    def add(self, position: int, original: bytes, row: Sequence[str | None] | Problem) -> None:
        """Add a record: its values, or why it has none."""
        if isinstance(row, Problem):
            self.refuse(position, original, row)
        else:
            self.keep(position, original, row)

    def settle(self) -> None:
        """Turn rows into columns; few rows live at once, so that the collector of garbage has little to walk."""
        if not self._rows:
            return
        settled = len(self._columns[0]) if self._columns else len(self._positions) - len(self._rows)
        for number, values in enumerate(zip(*self._rows, strict=True)):
            if number == len(self._columns):
                self._columns.append([None] * settled)
            self._columns[number].extend(values)
        self._rows.clear()
        for column in self._columns:
            column.extend([None] * (len(self._positions) - len(column)))

    def batch(self, names: Sequence[str], missing: Sequence[str], not_audit: int) -> RawBatch:
        """Return the batch; a field that no record had is NULL throughout."""
        self.settle()
        texts = [without_missing(pa.array(column, pa.string()), missing) for column in self._columns]
        texts += [pa.nulls(len(self._positions), pa.string())] * (len(names) - len(texts))
        table = assembled(pa.array(self._positions, pa.int64()), pa.array(self._originals, pa.binary()), names, texts)
        return RawBatch(table=table, unreadable=tuple(self._unreadable), not_audit=not_audit)


def without_missing(column: Texts, missing: Sequence[str]) -> Texts:
    """Return the column with NULL for each text that means that nothing was given."""
    if not missing:
        return column
    if len(missing) == 1:
        absent = pc.equal(column, pa.scalar(missing[0], pa.string()))
    else:
        absent = pc.is_in(column, value_set=pa.array(list(missing), pa.string()))
    present: Texts = pc.if_else(absent, pa.scalar(None, pa.string()), column)
    return present


def assembled(
    positions: pa.Array[Any], originals: pa.Array[Any], names: Sequence[str], texts: Sequence[Texts | Chunked]
) -> pa.Table:
    """Return the table that a batch holds: position, original, then the fields."""
    return pa.Table.from_arrays([positions, originals, *texts], names=["position", "original", *names])


def problem(reason: str, found: str | None, expected: str, *, field: str | None = None) -> Problem:
    """Return why a record could not be cut. `found` describes; it never quotes the record."""
    return Problem(reason=reason, field=field, found=found, expected=expected)


def text_fault(text: str) -> Problem | None:
    """Return what makes a record's text unfit: bytes that the encoding does not know, or a NUL."""
    if has_undecodable(text):
        return problem("undecodable", "bytes that the encoding does not know", "text in the mapping's encoding")
    if "\0" in text:
        return problem("unreadable", "a NUL character", "text")
    return None
