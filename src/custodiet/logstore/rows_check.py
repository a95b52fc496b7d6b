"""The rows of one segment, read again and hashed again: does the file hold the entries that the log says it holds?"""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.ledger.manifest import Segment
from custodiet.ledger.tree import HASH_BYTES, leaf_hash
from custodiet.logstore.crew import WorkerLost
from custodiet.logstore.kept import kept_of
from custodiet.logstore.layout import Layout
from custodiet.logstore.levels import Levels
from custodiet.logstore.segments import ENTRY, INDEX, read_ranges, read_rows, segment_schema
from custodiet.logstore.selection import Range, overlap
from custodiet.logstore.spans import Span
from custodiet.logstore.workshop import Chunk, Result, Workshop

_STORED_AT_ONCE = 1 << 16
_NO_ORIGINAL = "The original of this record is not held, and the log records no redaction of it."

#: Words of types whose entries commit to rows, in whichever version.
_COMMITTING = frozenset(typ.partition("/")[0] for typ in ENTRY_TYPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """Some rows of a segment: the index of the first, and the leaf hashes that the rows give, end to end."""

    start: int
    leaves: bytes
    without_original: int = 0

    @property
    def end(self) -> int:
        """Return the index after the last."""
        return self.start + len(self.leaves) // HASH_BYTES


def reread(
    layout: Layout, segment: Segment, workshop: Workshop, within: Sequence[Range] | None = None
) -> Iterator[Reread]:
    """Yield the segment's leaf hashes in order; raises LogDamaged if it has other rows than it must.

    With `within`, only the rows of these entries are hashed again, and only row groups that hold some are read.
    """
    if segment.typ not in ENTRY_TYPES and segment.typ.partition("/")[0] in _COMMITTING:
        said = f"This software does not know the entry type {segment.typ}: use the version that wrote it."
        raise damaged(segment, segment.start, said)
    batches = _indexed(layout, segment) if within is None else _picked(layout, segment, within)
    if segment.typ in ENTRY_TYPES:
        yield from _committed(layout, segment, batches, workshop)
    else:
        for start, rows in batches:
            entries = [each or b"" for each in rows.column(ENTRY).cast(pa.binary()).to_pylist()]
            _check_types(segment, start, entries)
            yield Reread(start=start, leaves=b"".join(map(leaf_hash, entries)))


def stored(layout: Layout, segment: Segment) -> Iterator[Reread]:
    """Yield the stored leaf hashes of a segment that was dropped: nothing else is left to tell what its entries were."""
    levels = Levels(layout)
    for start in range(segment.start, segment.end, _STORED_AT_ONCE):
        count = min(_STORED_AT_ONCE, segment.end - start)
        leaves = levels.found(0, start, count)
        if len(leaves) != count * HASH_BYTES:
            first = start + len(leaves) // HASH_BYTES
            said = "The leaf hashes of dropped entries are missing, and nothing else tells what they were."
            raise LogDamaged(Fault(part=Part.TREE, sentence=said, index=first, file="hash/0"))
        yield Reread(start=start, leaves=leaves)


def _check_types(segment: Segment, start: int, entries: Sequence[bytes]) -> None:
    """The manifest, which names a segment's type, is not signed; a control entry says its own type, and is."""
    for index, entry in enumerate(entries, start=start):
        if _typ_of(entry) != segment.typ:
            raise damaged(segment, index, f"This entry does not say that it is of type {segment.typ}.")


def _typ_of(entry: bytes) -> object:
    try:
        record = json.loads(entry)
    except (ValueError, RecursionError):
        return None
    return record.get("typ") if isinstance(record, dict) else None


def _committed(
    layout: Layout, segment: Segment, batches: Iterator[tuple[int, pa.RecordBatch]], workshop: Workshop
) -> Iterator[Reread]:
    span = Span(segment.start, segment.end, segment.typ, segment.generation)
    sealed, kept = _sealed_seed(layout, segment), kept_of(layout, segment)
    chunks = (
        Chunk(
            entry_type=ENTRY_TYPES[segment.typ],
            rows=rows.drop_columns([INDEX]),
            start=start,
            span=span,
            sealed=sealed,
            kept=kept.between(start, start + rows.num_rows),
        )
        for start, rows in batches
    )
    for result in _hashed(segment, workshop, chunks):
        if result.altered_original is not None:
            index = result.chunk.start + result.altered_original
            raise damaged(segment, index, "The original of this record is not the one that its entry binds.")
        if result.still_held is not None:
            row, group = result.still_held
            raise damaged(segment, result.chunk.start + row, f"The group {group} was erased, and the row has it still.")
        if result.first_without is not None:
            raise damaged(segment, result.chunk.start + result.first_without, _NO_ORIGINAL)
        yield Reread(start=result.chunk.start, leaves=result.leaves, without_original=result.without_original)


def _hashed(segment: Segment, workshop: Workshop, chunks: Iterator[Chunk]) -> Iterator[Result]:
    reached = segment.start
    try:
        for result in workshop.reread(chunks):
            yield result
            reached += result.chunk.rows.num_rows
    except WorkerLost:
        raise
    except EnvironmentFault as error:
        sentence = f"This segment's rows cannot be tied to its entries. {error}"
        raise LogDamaged(Fault(part=Part.SEEDS, sentence=sentence, index=segment.start, file=segment.file)) from error
    except (pa.ArrowException, ValueError) as error:
        raise damaged(segment, reached, "Some of the next rows hold values that no row can hold.") from error


def _indexed(layout: Layout, segment: Segment) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield the rows in chunks, each with its first index, once the indices are those of the segment, in order."""
    expected = segment.start
    for rows in _readable(segment, read_rows(layout.segment(segment), segment_schema(segment.typ))):
        _check_indices(segment, expected, rows)
        yield expected, rows
        expected += rows.num_rows
    if expected != segment.end:
        raise damaged(
            segment,
            min(expected, segment.end),
            f"The file has {expected - segment.start} rows, not {segment.end - segment.start}.",
        )


def _picked(layout: Layout, segment: Segment, within: Sequence[Range]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield the rows of these entries in pieces, each with its first index, once the indices are those of the entries."""
    wanted = list(overlap(within, segment.start, segment.end))
    places = [(start - segment.start, end - segment.start) for start, end in wanted]
    pieces = _readable(segment, read_ranges(layout.segment(segment), segment_schema(segment.typ), places))
    for start, end in wanted:
        expected = start
        while expected < end:
            rows = next(pieces, None)
            if rows is None:
                raise damaged(segment, expected, "The file has fewer rows than it must.")
            _check_indices(segment, expected, rows)
            yield expected, rows
            expected += rows.num_rows


def _check_indices(segment: Segment, expected: int, rows: pa.RecordBatch) -> None:
    found = rows.column(INDEX)
    wanted = np.arange(expected, expected + rows.num_rows, dtype=np.int64)
    wrong = np.flatnonzero(found.to_numpy(zero_copy_only=False) != wanted)
    if found.null_count or len(wrong):
        index = expected + (int(wrong[0]) if len(wrong) else 0)
        said = found[index - expected].as_py()
        raise damaged(segment, index, f"Rows were removed, added or put in another order: entry {said} stands here.")


def _readable(segment: Segment, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    reached = segment.start
    try:
        for rows in batches:
            yield rows
            reached += rows.num_rows
    except FileNotFoundError as error:
        raise damaged(segment, segment.start, "The segment's file is missing.") from error
    except (pa.ArrowException, OSError, BadInput) as error:
        reason = str(error).splitlines()[0][:200]
        raise damaged(segment, reached, f"The file is damaged and cannot be read from here on: {reason}.") from error


def _sealed_seed(layout: Layout, segment: Segment) -> bytes:
    path = layout.seed(segment.file)
    try:
        return b64decode(path.read_bytes().strip(), validate=True)
    except (FileNotFoundError, NotBase64) as error:
        sentence = "The sealed seed of this segment is missing or damaged: its rows cannot be tied to its entries."
        raise LogDamaged(Fault(part=Part.SEEDS, sentence=sentence, index=segment.start, file=path.name)) from error


def damaged(segment: Segment, index: int, sentence: str) -> LogDamaged:
    """Return the fault in the segment's data at that entry."""
    row = index - segment.start
    return LogDamaged(Fault(part=Part.DATA, sentence=sentence, index=index, file=segment.file, row=row))
