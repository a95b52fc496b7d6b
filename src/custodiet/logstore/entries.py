"""Entries made again from what is stored: their bytes in bulk, and one of them opened."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

import pyarrow as pa

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.commitments import SALT_BYTES, disclosure, entry_of_digests, group_text
from custodiet.ledger.commitments import digest as digest_of
from custodiet.ledger.entry_types import ENTRY_TYPES, EntryType
from custodiet.ledger.manifest import Segment
from custodiet.ledger.ports import SaltSource
from custodiet.ledger.tiles import TILE_WIDTH
from custodiet.ledger.tree import HASH_BYTES, leaf_hash
from custodiet.logstore.encoding import Encoder
from custodiet.logstore.hashing import tile_roots
from custodiet.logstore.kept import kept_of
from custodiet.logstore.layout import seed_context
from custodiet.logstore.levels import Levels
from custodiet.logstore.log import Log
from custodiet.logstore.segments import ENTRY, INDEX, read_ranges, segment_schema

#: Tiles made again that are remembered, 8 KiB each.
_REMEMBERED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One entry with what its digests commit to. A control entry has a row of its fields, and no disclosures."""

    index: int
    typ: str
    entry: bytes
    row: Mapping[str, object]
    disclosures: Mapping[str, str | None]  # by group, in order; None where the group cannot be shown any more


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a log at the size at which it was opened."""

    log: Log
    salts: SaltSource

    def between(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the entries [start, end) in order, each as the bytes that its leaf is the hash of, erased groups or not.

        Raises BadInput at the first entry that was dropped.
        """
        limit = self.log.size if end is None else end
        for segment in self.log.manifest.segments:
            if segment.start < limit and start < segment.end:
                _check_held(segment)
                yield from self._of(segment, max(start, segment.start), min(limit, segment.end))

    def leaves(self, start: int, count: int) -> bytes:
        """Return so many leaf hashes, end to end, made again from the rows and salts."""
        return b"".join(leaf_hash(entry) for entry in self.between(start, start + count))

    def opened(self, index: int) -> Opened:
        """Return the entry at that index, opened; raises BadInput where the log has no such entry, or dropped it.

        A group that was erased cannot be opened: its columns are None, and so is its disclosure.
        """
        segment = self._holding(index)
        return self._opened(segment, index, self._row(segment, index))

    def opened_each(self, indices: Iterable[int]) -> Iterator[Opened]:
        """Yield the entries at these indices, opened, in their order in the log; no part of a file is read twice."""
        for segment, within in groupby(sorted(set(indices)), self._holding):
            wanted = list(within)
            places = [(index - segment.start, index - segment.start + 1) for index in wanted]
            batches = read_ranges(self.log.layout.segment(segment), segment_schema(segment.typ), places)
            rows = (row for batch in batches for row in batch.to_pylist())
            yield from (self._opened(segment, index, row) for index, row in zip(wanted, rows, strict=True))

    def _holding(self, index: int) -> Segment:
        if not 0 <= index < self.log.size:
            raise BadInput(f"The log has {self.log.size} entries.", found=f"entry {index}")
        segment = self.log.manifest.holding(index)
        _check_held(segment)
        return segment

    def _opened(self, segment: Segment, index: int, row: Mapping[str, object]) -> Opened:
        if segment.typ not in ENTRY_TYPES:
            entry = str(row[ENTRY]).encode()
            return Opened(index=index, typ=segment.typ, entry=entry, row=row, disclosures={})
        return self._committed(segment, index, row)

    def _committed(self, segment: Segment, index: int, row: Mapping[str, object]) -> Opened:
        entry_type = ENTRY_TYPES[segment.typ]
        salts, kept = self._salts(segment, entry_type, index, 1), kept_of(self.log.layout, segment).of(index)
        shown = {
            group: None
            if group in kept
            else disclosure(salts[at * SALT_BYTES : (at + 1) * SALT_BYTES], group, group_text(entry_type, group, row))
            for at, group in enumerate(entry_type.groups)
        }
        digests = [kept[group] if each is None else digest_of(each) for group, each in shown.items()]
        entry = entry_of_digests(segment.typ, digests)
        return Opened(index=index, typ=segment.typ, entry=entry, row=row, disclosures=shown)

    def _of(self, segment: Segment, start: int, end: int) -> Iterator[bytes]:
        places = [(start - segment.start, end - segment.start)]
        reached = start
        for rows in read_ranges(self.log.layout.segment(segment), segment_schema(segment.typ), places):
            yield from self._made(segment, rows, reached)
            reached += rows.num_rows

    def _made(self, segment: Segment, rows: pa.RecordBatch, start: int) -> Iterator[bytes]:
        if segment.typ not in ENTRY_TYPES:
            return (str(text).encode() for text in rows.column(ENTRY).to_pylist())
        entry_type = ENTRY_TYPES[segment.typ]
        salts = self._salts(segment, entry_type, start, rows.num_rows)
        kept = kept_of(self.log.layout, segment).between(start, start + rows.num_rows)
        made = Encoder(entry_type).entries(rows.drop_columns([INDEX]), salts, kept)
        return (entry.tobytes() for entry in made)

    def _salts(self, segment: Segment, entry_type: EntryType, start: int, count: int) -> bytes:
        sealed = b64decode(self.log.layout.seed(segment.file).read_bytes())
        context = seed_context(self.log.checkpoint.origin, segment.start, segment.end, segment.generation)
        return self.salts.salts(sealed, context, start=start, count=count, groups=len(entry_type.groups))

    def _row(self, segment: Segment, index: int) -> dict[str, object]:
        place = index - segment.start
        path, schema = self.log.layout.segment(segment), segment_schema(segment.typ)
        for rows in read_ranges(path, schema, [(place, place + 1)]):
            row: dict[str, object] = rows.to_pylist()[0]
            return row
        raise BadInput("A segment has fewer rows than the manifest says.", file=segment.file)


def _check_held(segment: Segment) -> None:
    if segment.dropped is not None:
        raise BadInput(
            f"The entries {segment.start} to {segment.end - 1} were dropped under the retention policy (record"
            f" {segment.dropped}): their hashes are kept, their rows are not.",
            found=f"entry {segment.start}",
        )


def provable(log: Log, salts: SaltSource) -> Log:
    """Return the log with the means to make leaf hashes again that it has left out, because it is lean.

    Single tiles are held to their stored roots, and the last few are remembered: a proof asks for many parts of one.
    """
    entries, levels = Entries(log, salts), Levels(log.layout)

    @lru_cache(maxsize=_REMEMBERED)
    def tile(number: int) -> bytes:
        hashes = entries.leaves(number * TILE_WIDTH, TILE_WIDTH)
        if tile_roots(hashes) != levels.read(1, number, 1):
            last = (number + 1) * TILE_WIDTH - 1
            raise VerificationFailed(
                f"The rows of entries {number * TILE_WIDTH} to {last} no longer give their tile's root."
            )
        return hashes

    def made(start: int, count: int) -> bytes:
        if count > TILE_WIDTH:
            return entries.leaves(start, count)
        numbers = range(start // TILE_WIDTH, (start + count - 1) // TILE_WIDTH + 1)
        begin = (start - numbers[0] * TILE_WIDTH) * HASH_BYTES
        return b"".join(map(tile, numbers))[begin : begin + count * HASH_BYTES]

    return replace(log, made=made)
