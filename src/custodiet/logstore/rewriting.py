"""Segments written anew without some groups of some entries: the next generation, beside the one that still stands.

Nothing here takes anything away: the old generation goes once the new one is committed (`superseded`).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as changed

import pyarrow as pa

from custodiet.ledger.commitments import SALT_BYTES, disclosure, group_text
from custodiet.ledger.commitments import digest as digest_of
from custodiet.ledger.entry_types import ENTRY_TYPES, EntryType
from custodiet.ledger.kept_digests import KeptDigests
from custodiet.ledger.manifest import Groups, Segment
from custodiet.ledger.ports import SaltSource, SealedPart
from custodiet.ledger.redaction import ORIGIN
from custodiet.logstore.erased_rows import without
from custodiet.logstore.files import name, replace
from custodiet.logstore.fingerprints import known_again, written
from custodiet.logstore.kept import kept_of
from custodiet.logstore.layout import Layout, seed_context
from custodiet.logstore.segments import INDEX, SegmentWriter, file_sha256, read_rows, segment_schema


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Writes segments of a log anew."""

    layout: Layout
    origin: str
    salts: SaltSource

    def without(self, segment: Segment, groups: Groups) -> tuple[Segment, KeptDigests]:
        """Return the segment's next generation, which is on the disk without these groups, and all that was kept of it."""
        entry_type, before = ENTRY_TYPES[segment.typ], kept_of(self.layout, segment)
        more = {index: names for index in groups if (names := set(groups[index]) - set(before.of(index)))}
        after = changed(segment, generation=segment.generation + 1)
        sealed = b64decode(self.layout.seed(segment.file).read_bytes())
        work = _Work(self, segment, entry_type, sealed, more)
        with SegmentWriter(self.layout.data / after.file, segment.typ, segment.start) as writer:
            for rows in work.rows():
                writer.write(rows)
        name(self.layout.data / after.file)
        kept = before.with_more(work.kept)
        replace(self.layout.kept(after.file), kept.text.encode())
        known = [*known_again(self.layout.known(segment.file)), *self.salts.fingerprints(work.identities)]
        replace(self.layout.known(after.file), written(known))
        replace(self.layout.seed(after.file), b64encode(self._rekeyed(segment, after, sealed, more)) + b"\n")
        path = self.layout.segment(after)
        return changed(after, bytes=path.stat().st_size, sha256=file_sha256(path)), kept

    def dropped(self, segment: Segment, record: int) -> Segment:
        """Return what is left of the segment once its rows go under that record; fingerprints of them are on the disk."""
        after = segment.without_rows(record)
        known = [*known_again(self.layout.known(segment.file))]
        for rows in read_rows(self.layout.segment(segment), segment_schema(segment.typ)):
            if "identity" in rows.schema.names:
                known += self.salts.fingerprints(
                    each for each in rows.column("identity").to_pylist() if each is not None
                )
        replace(self.layout.known(after.file), written(known))
        return after

    def context(self, segment: Segment) -> str:
        """Return the context of the segment's seed."""
        return seed_context(self.origin, segment.start, segment.end, segment.generation)

    def _rekeyed(self, before: Segment, after: Segment, sealed: bytes, groups: Groups) -> bytes:
        names = list(ENTRY_TYPES[before.typ].groups)
        part = SealedPart(sealed=sealed, context=self.context(before), start=before.start, end=before.end)
        erased = {index: [names.index(group) for group in own] for index, own in groups.items()}
        return self.salts.rekeyed([part], self.context(after), groups=len(names), erased=erased)


class _Work:
    """One segment while it is written anew; what is learnt on the way is kept."""

    def __init__(
        self, rewriting: Rewriting, segment: Segment, entry_type: EntryType, sealed: bytes, groups: Groups
    ) -> None:
        self._rewriting, self._segment, self._entry_type = rewriting, segment, entry_type
        self._sealed, self._groups = sealed, groups
        self.kept: dict[int, dict[str, str]] = {}
        self.identities: list[bytes] = []

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Yield the segment's rows, without their indices, as they are to be."""
        start = self._segment.start
        path = self._rewriting.layout.segment(self._segment)
        for batch in read_rows(path, segment_schema(self._segment.typ)):
            rows, end = batch.drop_columns([INDEX]), start + batch.num_rows
            own = {index - start: self._groups[index] for index in self._groups if start <= index < end}
            if own:
                self._remember(rows, start, own)
                rows = without(rows, self._entry_type, own)
            yield rows
            start = end

    def _remember(self, rows: pa.RecordBatch, start: int, groups: Groups) -> None:
        first = min(groups)
        salts_of = self._salts(start + first, max(groups) + 1 - first)
        for place, names in sorted(groups.items()):
            row, salts = rows.slice(place, 1).to_pylist()[0], salts_of[place - first]
            self.kept[start + place] = {
                group: digest_of(disclosure(salts[group], group, group_text(self._entry_type, group, row)))
                for group in self._entry_type.groups
                if group in names
            }
            if ORIGIN in names and row.get("identity") is not None:
                self.identities.append(row["identity"])

    def _salts(self, start: int, count: int) -> list[dict[str, bytes]]:
        """Return the salts of these entries, each by its group: the seed is opened once for all."""
        groups = list(self._entry_type.groups)
        context = self._rewriting.context(self._segment)
        salts = self._rewriting.salts.salts(self._sealed, context, start=start, count=count, groups=len(groups))
        each = iter([salts[at : at + SALT_BYTES] for at in range(0, len(salts), SALT_BYTES)])
        return [dict(zip(groups, own, strict=True)) for own in zip(*[each] * len(groups), strict=True)]
