"""CSV and TSV. Python's `csv` module over captured lines is the definition; `plain.py` is the fast way for plain blocks.

A record that the grammar of quotes denies makes its first line unreadable and reading starts again at the next line, so
that one stray quote cannot swallow the rest of the file. A record with too few or too many fields is unreadable whole.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

import pyarrow as pa

from custodiet.errors import BadInput
from custodiet.ingest.ports import RawBatch
from custodiet.ingest.reading import Format, Reading
from custodiet.model.deliveries import Problem
from custodiet.sources.files.batches import Cut, problem, text_fault
from custodiet.sources.files.encodings import has_undecodable
from custodiet.sources.files.lines import Lines
from custodiet.sources.files.names import field_names
from custodiet.sources.files.plain import Plain
from custodiet.sources.files.sieve import Sieve

#: How far a quoted field may run over the end of a block before its quote counts as never closed.
_HELD: Final = 1 << 24
#: Lines that are tried together before they are cut one by one.
_STRETCH: Final = 1000
_BAD_QUOTES: Final = problem("unreadable", "a quote that is not closed or not doubled", "quotes around a whole field")


class _CsvReader(Protocol):
    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How the fields of a line are told apart."""

    delimiter: str
    quote: str

    @classmethod
    def of(cls, reading: Reading) -> Dialect:
        """Return the reading's dialect; TSV is cut at tabs unless the mapping says otherwise."""
        tabs = reading.format is Format.TSV and reading.delimiter == ","
        dialect = cls(delimiter="\t" if tabs else reading.delimiter, quote=reading.quote)
        if len(dialect.delimiter) != 1 or dialect.delimiter in "\r\n" or dialect.delimiter == dialect.quote:
            raise BadInput("A delimiter is one character.", field="read.delimiter", found=repr(dialect.delimiter))
        if len(dialect.quote) > 1 or dialect.quote in {"\r", "\n"}:
            raise BadInput("A quote is one character or none.", field="read.quote", found=repr(dialect.quote))
        return dialect

    def reader(self, lines: Iterable[str]) -> _CsvReader:
        """Return the csv module's reader over the lines."""
        return csv.reader(
            lines,
            strict=True,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
        )


class Records:
    """The csv module's records over lines, with the lines that each one took."""

    def __init__(self, dialect: Dialect, texts: list[str]) -> None:
        self._dialect, self._texts = dialect, texts
        self.at = 0  # index of the next line
        self._aim()

    def _aim(self) -> None:
        self._lines = iter(self._texts[self.at :] if self.at else self._texts)
        self._reader = self._dialect.reader(self._lines)
        self._aimed = self.at

    def pass_line(self) -> None:
        """Let one line go by uncut."""
        if self._aimed + self._reader.line_num == self.at:
            next(self._lines)
            self._aimed += 1
        self.at += 1

    def cut(self) -> list[str] | None:
        """Return the next record's fields and move behind it; None, and stay, where its quotes are wrong."""
        if self._aimed + self._reader.line_num != self.at:
            self._aim()
        try:
            row = next(self._reader)
        except csv.Error:
            return None
        self.at = self._aimed + self._reader.line_num
        return row

    def cut_lines(self, count: int, fields: int) -> list[list[str]]:
        """Return the records of the next `count` lines and move on, or nothing if they are not a good record each."""
        lines = self._texts[self.at : self.at + count]
        try:
            rows = list(self._dialect.reader(lines))
        except csv.Error:
            return []
        if len(rows) != len(lines) or set(map(len, rows)) != {fields}:
            return []
        self.at += len(lines)
        return rows

    @property
    def ran_out(self) -> bool:
        """Tell whether the record that was not cut is one whose quote no later line closes."""
        return self._aimed + self._reader.line_num >= len(self._texts)


class DelimitedReader:
    """Reads CSV and TSV files; with `fast` false the csv module reads every block."""

    def __init__(self, reading: Reading, *, fast: bool = True) -> None:
        self._reading, self._dialect, self._fast = reading, Dialect.of(reading), fast

    def __call__(self, stream: BinaryIO, name: str) -> Iterator[RawBatch]:
        """Yield the file's records in order."""
        csv.field_size_limit(2**31 - 1)
        lines = Lines(stream, self._reading.encoding, name)
        return _File(self._reading, self._dialect, lines, fast=self._fast).batches()


class _File:
    def __init__(self, reading: Reading, dialect: Dialect, lines: Lines, *, fast: bool) -> None:
        self._reading, self._dialect, self._lines = reading, dialect, lines
        self._sieve = Sieve(reading, lines.name)
        self._headers = reading.header  # header lines still to come
        self._names = () if self._headers else field_names(reading, None, lines.name)
        self._line = 1  # number of the next line
        plain = fast and lines.encoding.unit == 1
        self._plain = Plain(dialect.delimiter, dialect.quote, reading.missing) if plain else None

    def batches(self) -> Iterator[RawBatch]:
        held = b""
        while not self._lines.ended:
            data = held + self._lines.take()
            if self._headers:
                data = self._head(data)
            if self._headers:
                held = data
                continue
            batch, held = self._block(data)
            yield batch
        self._sieve.finish()
        if lines := self._sieve.taken():
            yield Cut().batch(self._names, (), lines)

    def _head(self, data: bytes) -> bytes:
        """Take the header off the block and return what follows it, or what is still unfinished."""
        texts = self._lines.texts(data)
        records = Records(self._dialect, texts)
        while self._headers and records.at < len(texts):
            at = records.at
            if self._sieve.is_skipped(texts[at]):
                records.pass_line()
                self._sieve.pass_by(texts[at], self._line + at)
            elif self._headers > 1:
                records.pass_line()
                self._sieve.heard(texts[at])
                self._headers -= 1
            elif not self._take_names(records, texts):
                break
        self._line += records.at
        return data[len(self._lines.encoding.encode("".join(texts[: records.at]))) :]

    def _take_names(self, records: Records, texts: list[str]) -> bool:
        at, line = records.at, self._line + records.at
        row = records.cut()
        if row is None:
            if records.ran_out and not self._lines.ended:
                return False
            raise BadInput("The header's quotes do not close.", file=self._lines.name, line=line)
        if has_undecodable("".join(row)):
            raise BadInput("The header is not in the mapping's encoding.", file=self._lines.name, line=line)
        self._names = field_names(self._reading, row, self._lines.name, line)
        self._sieve.heard("".join(texts[at : records.at]))
        self._headers = 0
        return True

    def _block(self, data: bytes) -> tuple[RawBatch, bytes]:
        fast = None
        if self._plain is not None and data:
            fast = (
                self._swift(self._plain, data)
                if self._sieve.lets_pass(data, self._lines)
                else self._around(self._plain, data)
            )
        if fast is None:
            return self._careful(data)
        self._lines.suit(len(data), fast.num_rows)
        return RawBatch(table=fast, not_audit=self._sieve.taken()), b""

    def _swift(self, plain: Plain, data: bytes) -> pa.Table | None:
        fast = plain.table(data, self._lines.encoding.codec, self._line, self._names)
        if fast is not None:
            self._line += fast.num_rows
            self._sieve.pass_record(fast.num_rows)
        return fast

    def _around(self, plain: Plain, data: bytes) -> pa.Table | None:
        """Return the records between the lines that are none, or None where a quote could hold such a line."""
        if self._dialect.quote and self._lines.encoding.encode(self._dialect.quote) in data:
            return None
        texts = self._lines.texts(data)
        others = sorted(self._sieve.candidates(texts))
        starts, ends = [0, *(at + 1 for at in others)], [*others, len(texts)]
        runs = [
            (start, self._cut_run(plain, texts, start, end))
            for start, end in zip(starts, ends, strict=True)
            if start < end
        ]
        if not runs or any(run is None for _, run in runs):
            return None
        found = dict(runs)
        for start, end in zip(starts, ends, strict=True):
            self._sieve.pass_record(end - start)
            if end < len(texts):
                self._sieve.pass_by(texts[end], self._line + end)
        self._line += len(texts)
        return pa.concat_tables([run for run in found.values() if run is not None])

    def _cut_run(self, plain: Plain, texts: list[str], start: int, end: int) -> pa.Table | None:
        data = self._lines.encoding.encode("".join(texts[start:end]))
        return plain.table(data, self._lines.encoding.codec, self._line + start, self._names)

    def _careful(self, data: bytes) -> tuple[RawBatch, bytes]:
        texts = self._lines.texts(data)
        raws = self._lines.raws(data, texts)
        sound = b"\0" not in data and self._lines.is_sound(data)
        others, records, cut = self._sieve.candidates(texts), Records(self._dialect, texts), Cut()
        careful_to = 0 if sound else len(texts)
        while (at := records.at) < len(texts):
            if at in others:
                records.pass_line()
                self._sieve.pass_by(texts[at], self._line + at)
                continue
            if at >= careful_to and others.isdisjoint(range(at, at + _STRETCH)):
                rows = records.cut_lines(_STRETCH, len(self._names))
                cut.keep_all(range(self._line + at, self._line + records.at), raws[at : records.at], rows)
                self._sieve.pass_record(len(rows))
                careful_to = 0 if rows else at + _STRETCH
                continue
            row = records.cut()
            if row is not None:
                original = raws[at] if records.at == at + 1 else self._joined(texts[at : records.at])
                cut.add(self._line + at, original, self._fault(row, b"" if sound else original) or row)
            elif records.ran_out and not self._lines.ended and len(data) < _HELD:
                break
            else:
                records.pass_line()
                cut.refuse(self._line + at, raws[at], _BAD_QUOTES)
            self._sieve.pass_record()
        held = self._lines.encoding.encode("".join(texts[records.at :]))
        self._line += records.at
        self._lines.suit(len(data), len(cut))
        return cut.batch(self._names, self._reading.missing, self._sieve.taken()), held

    def _joined(self, texts: list[str]) -> bytes:
        return self._lines.encoding.encode("".join(texts).removesuffix("\n").removesuffix("\r"))

    def _fault(self, row: list[str], dubious: bytes) -> Problem | None:
        fault = text_fault(self._lines.encoding.decode(dubious)) if dubious else None
        if fault is not None or len(row) == len(self._names):
            return fault
        return problem("ragged", f"{len(row)} fields", f"{len(self._names)} fields")
