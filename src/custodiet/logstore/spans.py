"""Which segments the rows of a table go to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from custodiet.ledger.manifest import segment_file

#: Entries in a segment at most: few files for a large log, and one rewritten in seconds.
SEGMENT_ENTRIES = 1 << 20


@dataclass(frozen=True, slots=True)
class Span:
    """The entries [start, end) of one segment to be."""

    start: int
    end: int
    typ: str
    generation: int = 0

    @property
    def file(self) -> str:
        """Return the name of the segment's file."""
        return segment_file(self.start, self.end, self.typ, self.generation)


def spans(start: int, count: int, typ: str) -> Iterator[Span]:
    """Yield the segments that so many entries from `start` on make."""
    for first in range(start, start + count, SEGMENT_ENTRIES):
        yield Span(first, min(first + SEGMENT_ENTRIES, start + count), typ)


def cut(rows: Iterable[pa.RecordBatch], into: Iterable[Span]) -> Iterator[tuple[Span, int, pa.RecordBatch]]:
    """Yield the rows in order, cut where a segment ends, each piece with its segment and its first index."""
    ahead = iter(into)
    span = next(ahead, None)
    index = span.start if span else 0
    for batch in rows:
        rest = batch
        while rest.num_rows:
            if span is None:
                msg = "there are more rows than were counted"
                raise ValueError(msg)
            piece = rest.slice(0, span.end - index)
            yield span, index, piece
            rest, index = rest.slice(piece.num_rows), index + piece.num_rows
            span = next(ahead, None) if index == span.end else span
    if span is not None:
        msg = "there are fewer rows than were counted"
        raise ValueError(msg)
