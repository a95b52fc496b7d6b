"""Fixed width: fields are places in the line, counted in characters after decoding.

Only the last field may be shorter than its width (its padding is often trimmed); a line that ends before the last field
begins, or has more than blanks behind it, was cut or shifted and is unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from custodiet.errors import BadInput
from custodiet.ingest.ports import RawBatch
from custodiet.ingest.reading import Reading
from custodiet.model.deliveries import Problem
from custodiet.sources.files.batches import Texts, problem
from custodiet.sources.files.line_records import LineFile


class _Places:
    def __init__(self, reading: Reading) -> None:
        if any(piece.start < 1 or piece.width < 1 for piece in reading.slices):
            raise BadInput("Places are counted from 1 and have a width.", field="read.fixed")
        self.names = tuple(piece.name for piece in reading.slices)
        self._places = tuple(slice(piece.start - 1, piece.start - 1 + piece.width) for piece in reading.slices)
        self._least = max(place.start for place in self._places) + 1
        self._most = max(place.stop for place in self._places)

    def together(self, texts: Sequence[str]) -> list[Texts] | None:
        lengths = set(map(len, texts))
        if min(lengths) < self._least or max(lengths) > self._most:
            return None
        lines = pa.array(texts, pa.string())
        if all(map(str.isascii, texts)):  # a character is a byte
            plain = lines.cast(pa.binary())
            pieces = [pc.binary_slice(plain, place.start, place.stop).cast(pa.string()) for place in self._places]
            return [pc.ascii_trim(piece, " ") for piece in pieces]
        return [pc.utf8_trim(pc.utf8_slice_codeunits(lines, p.start, p.stop), " ") for p in self._places]

    def __call__(self, text: str) -> list[str] | Problem:
        if len(text) < self._least or (len(text) > self._most and text[self._most :].strip(" ")):
            return problem("ragged", f"{len(text)} characters", f"{self._least} to {self._most} characters")
        return [text[place].strip(" ") for place in self._places]


class FixedWidthReader:
    """Reads files of fixed-width lines."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __call__(self, stream: BinaryIO, name: str) -> Iterator[RawBatch]:
        """Yield the file's records in order."""
        return LineFile(self._reading, stream, name, _Places(self._reading), headers=self._reading.header).batches()
