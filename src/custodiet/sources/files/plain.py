"""The fast way through plain blocks of CSV: Arrow's parser, used only where it provably says what the csv module says.

A block is plain where each line is one record: its line ends are all LF or all CR LF, quotes stand around whole fields
and are closed on their own line, and every line has the same number of fields. Anything else goes the careful way.
"""

from __future__ import annotations

import io
from codecs import BOM_UTF8
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from custodiet.sources.files.batches import assembled

_LF, _CR, _SPACE = 10, 13, 32
_ARROW_BLOCK = 1 << 20
_Numbers = np.ndarray[Any, Any]


class Plain:
    """Cuts plain blocks of one dialect."""

    def __init__(self, delimiter: str, quote: str, missing: Sequence[str]) -> None:
        self._delimiter, self._quote = delimiter.encode(), quote.encode()
        self._parse = csv.ParseOptions(
            delimiter=delimiter,
            quote_char=quote or False,
            double_quote=True,
            escape_char=False,
            ignore_empty_lines=False,
        )
        self._missing = list(missing)

    def table(self, data: bytes, codec: str, first: int, names: Sequence[str]) -> pa.Table | None:
        """Return the block's records from line `first` on, or None where the block is not plain."""
        if len(self._delimiter) != 1 or len(self._quote) > 1 or b"\0" in data or data.startswith(BOM_UTF8):
            return None
        data = data if data.endswith(b"\n") else data + b"\n"
        cells = np.frombuffer(data, dtype=np.uint8)
        line_ends = np.flatnonzero(cells == _LF)
        end = _line_end(data, cells, line_ends)
        if end is None or _may_be_blank(cells, line_ends, end):
            return None
        if self._quote and self._quote in data and not self._quotes_are_plain(cells, line_ends):
            return None
        fields = self._fields(data, codec, names)
        if fields is None or fields.num_rows != len(line_ends):
            return None
        positions = pa.array(np.arange(first, first + len(line_ends), dtype=np.int64))
        return assembled(positions, _originals(data, line_ends, end), names, fields.columns)

    def _fields(self, data: bytes, codec: str, names: Sequence[str]) -> pa.Table | None:
        numbered = [str(number) for number in range(len(names))]
        try:
            text = data if codec == "utf-8" or data.isascii() else data.decode(codec).encode()
            return csv.read_csv(
                io.BytesIO(text),
                csv.ReadOptions(use_threads=False, block_size=_ARROW_BLOCK, column_names=numbered),
                self._parse,
                csv.ConvertOptions(
                    column_types=dict.fromkeys(numbered, pa.string()),
                    null_values=self._missing,
                    strings_can_be_null=bool(self._missing),
                    quoted_strings_can_be_null=True,
                ),
            )
        except (pa.ArrowInvalid, UnicodeDecodeError):
            return None

    def _quotes_are_plain(self, cells: _Numbers, line_ends: _Numbers) -> bool:
        """Tell whether quotes stand around whole fields only, doubled inside them, and every line end outside.

        A run of quotes of odd length opens a field or closes it; of even length it is doubled quotes within one, or a
        field of its own. So the parity of the odd runs before a place says whether the place is inside quotes.
        """
        at = np.flatnonzero(cells == self._quote[0])
        starts_run = np.diff(at, prepend=-2) > 1
        first = at[starts_run]
        last = at[np.append(starts_run[1:], True)]
        odd = (last - first) % 2 == 0
        inside = (np.cumsum(odd) - odd) % 2 == 1
        delimiter = self._delimiter[0]
        before, after = (
            cells[first - 1],
            cells[last + 1],
        )  # the block ends with LF, which also stands before its first byte
        ends_field = (after == delimiter) | (after == _LF) | (after == _CR)
        starts_field = (before == delimiter) | (before == _LF)
        if not (starts_field | inside).all() or not (ends_field | (inside != odd)).all():
            return False
        return not (np.searchsorted(first[odd], line_ends) % 2).any()


def _line_end(data: bytes, cells: _Numbers, line_ends: _Numbers) -> int | None:
    """Return the length of the line end that every line of the block has, or None where they differ."""
    returns = data.count(b"\r")
    if not returns:
        return 1
    everywhere = returns == len(line_ends) and line_ends[0] > 0 and (cells[line_ends - 1] == _CR).all()
    return 2 if everywhere else None


def _may_be_blank(cells: _Numbers, line_ends: _Numbers, end: int) -> bool:
    """Tell whether a line is empty or begins with a space: such a line may be blank."""
    starts = np.concatenate(([0], line_ends[:-1] + 1))
    return bool((line_ends - starts < end).any() or (cells[starts] == _SPACE).any())


def _originals(data: bytes, line_ends: _Numbers, end: int) -> pa.Array[Any]:
    """Return the lines as delivered, without their ends, in one buffer."""
    kept = data.replace(b"\r\n", b"") if end == 2 else data.replace(b"\n", b"")
    stops = line_ends + 1 - end * np.arange(1, len(line_ends) + 1)
    offsets = np.concatenate(([0], stops)).astype(np.int32)
    return pa.Array.from_buffers(
        pa.binary(), len(line_ends), [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(kept)]
    )
