"""Files of which each line is a record: the way that fixed width and JSON Lines share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Protocol

import pyarrow as pa

from custodiet.errors import BadInput
from custodiet.ingest.ports import RawBatch
from custodiet.ingest.reading import Reading
from custodiet.model.deliveries import Problem
from custodiet.sources.files.batches import Cut, Texts, assembled, text_fault, without_missing
from custodiet.sources.files.lines import Lines
from custodiet.sources.files.sieve import Sieve


class LineCutter(Protocol):
    """Cuts one line into fields; its names may grow as lines come."""

    @property
    def names(self) -> Sequence[str]:
        """Return the names of the fields met so far."""

    def together(self, texts: Sequence[str]) -> Sequence[Texts] | None:
        """Return the fields of these lines as columns, or None where they are better cut one by one."""

    def __call__(self, text: str) -> Sequence[str | None] | Problem:
        """Return the line's values in the order of `names`, or why it cannot be cut."""


class LineFile:
    """A file of one record a line, after `headers` lines that are none."""

    def __init__(self, reading: Reading, stream: BinaryIO, name: str, cutter: LineCutter, *, headers: int) -> None:
        self._missing, self._name, self._cutter, self._headers = reading.missing, name, cutter, headers
        self._lines, self._sieve = Lines(stream, reading.encoding, name), Sieve(reading, name)
        self._line = 1  # number of the next line

    def batches(self) -> Iterator[RawBatch]:
        """Yield the file's records in order."""
        while not self._lines.ended:
            data = self._lines.take()
            texts = self._lines.texts(data)
            at = self._head(texts)
            yield self._block(data, texts, at)
            self._lines.suit(len(data), len(texts))
            self._line += len(texts)
        if self._headers:
            raise BadInput(
                "The file is shorter than its header.", file=self._name, expected=f"{self._headers} more header lines"
            )
        self._sieve.finish()

    def _head(self, texts: list[str]) -> int:
        """Take the header off; return the index of the first line behind it."""
        at = 0
        while self._headers and at < len(texts):
            if self._sieve.is_skipped(texts[at]):
                self._sieve.pass_by(texts[at], self._line + at)
            else:
                self._sieve.heard(texts[at])
                self._headers -= 1
            at += 1
        return at

    def _block(self, data: bytes, texts: list[str], at: int) -> RawBatch:
        raws = self._lines.raws(data, texts)
        sound = b"\0" not in data and self._lines.is_sound(data)
        others = self._sieve.candidates(texts[at:] if at else texts)
        if sound and not others and at < len(texts):
            columns = self._cutter.together([text.rstrip("\r\n") for text in texts[at:]])
            if columns is not None:
                self._sieve.pass_record(len(texts) - at)
                return self._together(raws[at:], columns, self._line + at)
        cut = Cut()
        for index in range(at, len(texts)):
            if index - at in others:
                self._sieve.pass_by(texts[index], self._line + index)
                continue
            text = texts[index].rstrip("\r\n")
            row = (None if sound else text_fault(text)) or self._cutter(text)
            cut.add(self._line + index, raws[index], row)
            self._sieve.pass_record()
        return cut.batch(self._cutter.names, self._missing, self._sieve.taken())

    def _together(self, raws: list[bytes], columns: Sequence[Texts], first: int) -> RawBatch:
        positions = pa.array(range(first, first + len(raws)), pa.int64())
        fields = [without_missing(column, self._missing) for column in columns]
        table = assembled(positions, pa.array(raws, pa.binary()), self._cutter.names, fields)
        return RawBatch(table=table, not_audit=self._sieve.taken())
