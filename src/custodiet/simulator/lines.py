"""Text files made by the column: each piece of a line is a column of texts or a constant, and the file is their concatenation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from custodiet.simulator.clock import Clock
from custodiet.simulator.streams import DAY, Ints, Truths

Text = pa.StringArray


@dataclass(frozen=True, slots=True)
class Oddity:
    """A line that should not be there, put before the row of that number."""

    row: int
    line: str


#: The stubs of these functions do not say that texts give texts; here they do.
compute: Any = pc


def texts(values: Iterable[str | None]) -> Text:
    """Return a column of texts."""
    column: Text = pa.array(list(values), pa.string())
    return column


def picked(words: Text, index: Ints) -> Text:
    """Return the words at those places, each of which must be there."""
    column: Text = compute.take(words, pa.array(index, pa.int64()))
    return column


def among(words: Text, index: Ints) -> Text:
    """Return the words at those places; NONE gives an empty text."""
    column: Text = compute.fill_null(compute.take(words, pa.array(index, pa.int64(), mask=index < 0)), "")
    return column


def where(condition: Truths, then: Text | str, otherwise: Text | str = "") -> Text:
    """Return one text or the other, row by row."""
    column: Text = compute.if_else(pa.array(condition, pa.bool_()), then, otherwise)
    return column


def joined(*pieces: Text | str) -> Text:
    """Return the pieces of each row put together; at least one piece is a column."""
    column: Text = compute.binary_join_element_wise(*pieces, "")
    return column


def numbered(values: Ints, width: int = 0, prefix: str = "") -> Text:
    """Return whole numbers as texts, with leading zeros up to the width."""
    column = compute.cast(pa.array(values, pa.int64()), pa.string())
    return joined(prefix, compute.ascii_lpad(column, width, "0") if width else column)


def is_full(column: Text) -> Truths:
    """Tell where there is anything in the text."""
    full: Truths = compute.greater(compute.binary_length(column), 0).to_numpy(zero_copy_only=False)
    return full


def quoted(column: Text) -> Text:
    """Return the texts in double quotes where there is anything in them."""
    return where(is_full(column), joined('"', column, '"'), column)


def padded(column: Text, width: int) -> Text:
    """Return the texts in exactly that many characters."""
    cut: Text = compute.utf8_slice_codeunits(compute.ascii_rpad(column, width, " "), 0, width)
    return cut


def upper(column: Text) -> Text:
    """Return the texts in capitals."""
    changed: Text = compute.ascii_upper(column)
    return changed


def lower(column: Text) -> Text:
    """Return the texts in small letters."""
    changed: Text = compute.ascii_lower(column)
    return changed


def without(column: Text, piece: str) -> Text:
    """Return the texts with that piece taken out."""
    changed: Text = compute.replace_substring(column, piece, "")
    return changed


def file_bytes(lines: Text, head: str = "", tail: str = "", odd: Sequence[Oddity] = ()) -> bytes:
    """Return the file that holds the head, the lines with the odd ones among them, and the tail."""
    _, starts, content = lines.buffers()
    if len(lines) == 0 or starts is None or content is None:
        return (head + "".join(o.line for o in odd) + tail).encode()
    offsets = np.frombuffer(memoryview(starts), np.int32)[lines.offset : lines.offset + len(lines) + 1]
    body = memoryview(content)
    pieces: list[bytes | memoryview] = [head.encode()]
    last = int(offsets[0])
    for oddity in sorted(odd, key=lambda o: o.row):
        here = int(offsets[min(oddity.row, len(lines))])
        pieces += [body[last:here], oddity.line.encode()]
        last = here
    pieces += [body[last : int(offsets[-1])], tail.encode()]
    return b"".join(pieces)


@cache
def _seconds() -> Text:
    return texts(f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400))


@dataclass(frozen=True, slots=True)
class Stamps:
    """Instants as texts, by the local clock or in UTC."""

    clock: Clock

    def date(self, at: Ints, pattern: str = "%Y-%m-%d", *, utc: bool = False) -> Text:
        """Return the dates; pattern as in strftime."""
        day = (at if utc else self.clock.local(at)) // DAY
        low, high = (int(day.min()), int(day.max())) if len(day) else (0, 0)
        first = date(1970, 1, 1)
        words = texts((first + timedelta(days=n)).strftime(pattern) for n in range(low, high + 1))
        return picked(words, day - low)

    def time(self, at: Ints, *, utc: bool = False) -> Text:
        """Return the times of day as HH:MM:SS."""
        local = at if utc else self.clock.local(at)
        return picked(_seconds(), local % DAY // 1000)

    def iso(self, at: Ints) -> Text:
        """Return local ISO 8601 without a zone, to the second."""
        return joined(self.date(at), "T", self.time(at))

    def zulu(self, at: Ints) -> Text:
        """Return ISO 8601 in UTC with milliseconds."""
        return joined(self.date(at, utc=True), "T", self.time(at, utc=True), ".", numbered(at % 1000, 3), "Z")

    def plain(self, at: Ints) -> Text:
        """Return local times as British systems show them; 0 gives an empty text."""
        return where(at > 0, joined(self.date(at, "%d/%m/%Y"), " ", self.time(at)), "")
