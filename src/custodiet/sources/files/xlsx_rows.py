"""XLSX: the rows of one sheet, each value as text; positions are the sheet's own row numbers.

Whole numbers shown with a format of zeros only (000000) keep their leading zeros. Dates become ISO 8601, a date without a
time of day where the cell's format shows none. A formula counts as the value that was stored with it; a formula without a
stored value, or with an error for a value, makes its row unreadable.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import repeat
from typing import Any, BinaryIO, Final

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ingest.ports import RawBatch
from custodiet.ingest.reading import Reading
from custodiet.model.deliveries import Problem
from custodiet.sources.files.batches import Cut, problem
from custodiet.sources.files.lines import WANTED
from custodiet.sources.files.names import field_names
from custodiet.sources.files.sieve import Sieve
from custodiet.sources.files.tabular import row_bytes

_ZEROS: Final = re.compile("0+")
_NO_XLSX: Final = "Reading XLSX needs one more package: pip install 'custodiet[xlsx]'."
_Row = Sequence[Any]
#: What openpyxl, the archive and the parser below it raise for bytes that are no workbook; a sheet is read as it goes.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    SyntaxError,  # of XML
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
)


class XlsxReader:
    """Reads one sheet of a workbook."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __call__(self, stream: BinaryIO, name: str) -> Iterator[RawBatch]:
        """Yield the sheet's rows in order."""
        return _Sheet(self._reading, name).batches(_whole(_rows(stream, self._reading.sheet, name), name))


class _Sheet:
    def __init__(self, reading: Reading, name: str) -> None:
        self._reading, self._name = reading, name
        self._sieve = Sieve(reading, name)
        self._headers = reading.header
        self._names = () if self._headers else field_names(reading, None, name)

    def batches(self, rows: Iterable[tuple[_Row, _Row | None]]) -> Iterator[RawBatch]:
        cut = Cut()
        for number, (cells, formulas) in enumerate(rows, start=1):
            texts = _trimmed([cell_text(cell) for cell in cells])
            line = self._reading.delimiter.join(text or "" for text in texts)
            if self._is_other(line, number, texts):
                continue
            self._sieve.pass_record()
            row = [*texts, *([None] * (len(self._names) - len(texts)))]
            cut.add(number, self._original(row), self._fault(row, cells, formulas) or row)
            if len(cut) >= WANTED:
                yield cut.batch(self._names, self._reading.missing, self._sieve.taken())
                cut = Cut()
        self._sieve.finish()
        yield cut.batch(self._names, self._reading.missing, self._sieve.taken())

    def _is_other(self, line: str, number: int, texts: list[str | None]) -> bool:
        if self._headers and not self._sieve.is_skipped(line):
            self._headers -= 1
            self._sieve.heard(line)
            if not self._headers:
                self._names = field_names(self._reading, [text or "" for text in texts], self._name, number)
            return True
        if not texts or self._sieve.candidates([line]):
            self._sieve.pass_by(line, number)
            return True
        return False

    def _original(self, row: list[str | None]) -> bytes:
        names = [*self._names, *(f"column_{number}" for number in range(len(self._names) + 1, len(row) + 1))]
        return row_bytes(names, row)

    def _fault(self, row: list[str | None], cells: _Row, formulas: _Row | None) -> Problem | None:
        if len(row) > len(self._names):
            return problem("ragged", f"{len(row)} cells", f"{len(self._names)} cells")
        for name, cell, formula in zip(self._names, cells, formulas or repeat(None)):  # noqa: B905
            if cell.data_type == "e":
                return problem("unreadable", "an error value", "a value", field=name)
            if cell.value is None and formula is not None and formula.data_type == "f":
                return problem("unreadable", "a formula without a stored value", "a value", field=name)
        return None


def cell_text(cell: Any) -> str | None:
    """Return a cell's value as text, as a person reads it; None where the cell is empty."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, datetime):
        shows_time = re.search("[hHsS]", re.sub(r'"[^"]*"|\\[.*?\\]', "", cell.number_format or ""))
        return value.isoformat() if shows_time or value.time() != time(0) else value.date().isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(value: int | float, number_format: str | None) -> str:  # noqa: PYI041
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    text = str(int(value))
    return text.zfill(len(number_format)) if number_format and _ZEROS.fullmatch(number_format) else text


def _trimmed(texts: list[str | None]) -> list[str | None]:
    while texts and texts[-1] is None:
        texts.pop()
    return texts


def _rows(stream: BinaryIO, sheet: str | None, name: str) -> Iterator[tuple[_Row, _Row | None]]:
    """Yield each row's cells, and the same cells with their formulas where the sheet has any."""
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        raise EnvironmentFault(_NO_XLSX) from None
    try:
        values = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(stream, read_only=True) if _has_formulas(stream) else None
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as fault:
        raise BadInput("This is no XLSX workbook.", file=name, found=type(fault).__name__) from None
    chosen = sheet or values.sheetnames[0]
    if chosen not in values.sheetnames:
        raise BadInput("The workbook has no such sheet.", file=name, field="read.sheet", found=chosen)
    rows = values[chosen].iter_rows()
    if formulas is None:
        yield from zip(rows, repeat(None))
    else:
        yield from zip(rows, formulas[chosen].iter_rows(), strict=True)


def _whole(rows: Iterator[tuple[_Row, _Row | None]], name: str) -> Iterator[tuple[_Row, _Row | None]]:
    """Yield the rows; raises BadInput where the workbook turns out to be damaged."""
    try:
        yield from rows
    except _DAMAGE as fault:
        raise BadInput("This is no whole XLSX workbook.", file=name, found=type(fault).__name__) from None


def _has_formulas(stream: BinaryIO) -> bool:
    with zipfile.ZipFile(stream) as archive:
        sheets = [part for part in archive.namelist() if part.startswith("xl/worksheets/")]
        return any(_holds(archive, part, b"<f") for part in sheets)


def _holds(archive: zipfile.ZipFile, part: str, needle: bytes) -> bool:
    tail = b""
    with archive.open(part) as opened:
        while data := opened.read(1 << 20):
            if needle in tail + data:
                return True
            tail = data[-len(needle) :]
    return False
