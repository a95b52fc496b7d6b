"""The one writer: what it adds becomes part of the log all at once, when the checkpoint is replaced.

The order is: segments and their seeds, hashes, manifest, and last the checkpoint; each is on the disk before the next
is begun. A writer that is cut short anywhere leaves the log as it was, and the next one clears up after it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from custodiet.errors import BadInput, CustodietError, EnvironmentFault, Locked, Refused
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.commitments import control_entry
from custodiet.ledger.entry_types import ENTRY_TYPES, EntryType, entry_type_named
from custodiet.ledger.index_ranges import ranges_of
from custodiet.ledger.journal import DEED_TYP, Record, typ_of
from custodiet.ledger.kept_digests import KeptDigests
from custodiet.ledger.manifest import Manifest, Segment, checked_typ
from custodiet.ledger.ports import SaltSource, Signer
from custodiet.ledger.retention import TYP as RETENTION
from custodiet.ledger.retention import Drop
from custodiet.ledger.tree import EMPTY_ROOT, leaf_hash
from custodiet.logstore.commit import commit
from custodiet.logstore.control_entries import read_records
from custodiet.logstore.deeds import deed_rows
from custodiet.logstore.files import AS_BEFORE, disk, leaves_doubt, make_folder, name, replace, sync_folder
from custodiet.logstore.holding import check_not_held
from custodiet.logstore.key_records import check_signs
from custodiet.logstore.layout import Layout, seed_context
from custodiet.logstore.levels import GrowingLevels
from custodiet.logstore.lock import writing
from custodiet.logstore.recovery import recover
from custodiet.logstore.rewriting import Rewriting
from custodiet.logstore.segments import (
    ENTRY,
    SegmentWriter,
    columns_schema,
    file_sha256,
    read_rows,
    row_count,
)
from custodiet.logstore.spans import Span, cut, spans
from custodiet.logstore.state import read_state
from custodiet.logstore.superseded import taken_away
from custodiet.logstore.waiting import Waiting, forget, note, taken
from custodiet.logstore.workshop import Chunk, Told, Workshop, unheard
from custodiet.model.looks import Deed


class Appender:
    """Adds entries behind the newest checkpoint. Leaving the `with` block without a commit leaves the log as it was."""

    def __init__(self, layout: Layout, signer: Signer, salts: SaltSource, *, new_origin: str | None = None) -> None:
        """Prepare to write; nothing is touched before the `with` block is entered."""
        self._layout, self._signer, self._salts, self._new_origin = layout, signer, salts, new_origin
        self._held = ExitStack()
        self._segments: list[Segment] = []
        self._changed: list[Segment] = []
        self._whole, self._stopped = True, False
        #: What the writer before this one had left behind, in sentences.
        self.recovered: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        """Take the lock, clear up after a writer that was cut short, and stand behind the last entry."""
        with ExitStack() as held, disk("the log was opened for writing"):
            if self._new_origin is not None:
                make_folder(self._layout.folder)
            elif not self._layout.folder.is_dir():
                raise BadInput(f"There is no log in {self._layout.folder}.")
            self._hold = held.enter_context(writing(self._layout.lock))
            self._checkpoint, self._manifest = self._found()
            self.recovered = recover(self._layout, self._checkpoint, self._manifest)
            self._workshop = held.enter_context(Workshop(self._salts, self._checkpoint.origin))
            self._begin(held)
            self._held = held.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take away what was not committed, and let go of the lock.

        Nothing more is written after a fault of the disk, unless it is just full, or after the lock was lost.
        """
        with self._held:
            if self._stopped or not (self._segments or self._changed or not self._whole):
                return
            try:
                with self._writing("what was not committed was taken away"):
                    recover(self._layout, *self._committed())
            except CustodietError as another:
                if value is None:
                    raise
                value.add_note(str(another))

    @property
    def size(self) -> int:
        """Return the number of entries, those not yet committed included."""
        return self._segments[-1].end if self._segments else self._checkpoint.size

    def append_table(self, typ: str, path: Path, told: Told = unheard) -> None:
        """Add each row of the Parquet file as an entry of that type, in order; raises BadInput if a row cannot be one.

        `told` hears, again and again, of how many rows out of how many were added.
        """
        entry_type = entry_type_named(typ)
        with self._adding():
            rows = read_rows(path, columns_schema(entry_type.relation))
            self._append_rows(entry_type, rows, row_count(path), told)

    def append_deeds(self, deeds: Sequence[Deed]) -> None:
        """Add each deed as an entry, in order."""
        with self._adding():
            self._append_rows(ENTRY_TYPES["deed/1"], [deed_rows(deeds)], len(deeds))

    def append_records(self, typ: str, records: Sequence[Mapping[str, object]]) -> None:
        """Add each control record as an entry, in order; raises BadInput for one that is too long or of another type."""
        checked_typ(typ)
        if typ in ENTRY_TYPES:
            raise BadInput("Entries of this type are not control records.", found=typ)
        if any(record.get("typ", typ) != typ for record in records):
            raise BadInput("A control record says it is of another type.", field="typ", expected=typ)
        entries = [control_entry({**record, "typ": typ}) for record in records]
        with self._adding():
            self._append_entries(typ, entries)

    def erase(self, groups: Mapping[int, Collection[str]]) -> KeptDigests:
        """Take these groups, by entry, out of the rows; returns what was kept of all entries of the segments touched.

        It is committed with the record that says so, which is to be appended too, and once in a commit. Raises BadInput
        for an entry that is not committed yet, was dropped, or has no groups; Refused for one that a hold keeps.
        """
        if self._changed:
            raise Refused("Groups were erased in this commit already; commit first.")
        check_not_held(self._layout, self._manifest, ranges_of(groups))
        kept = KeptDigests()
        with self._adding():
            rewriting = Rewriting(self._layout, self._checkpoint.origin, self._salts)
            for segment, own in self._manifest.sorted_by_segment(groups):
                self._hold.check()
                after, found = rewriting.without(segment, own)
                self._changed.append(after)
                kept = kept.with_more(found.entries)
        return kept

    def drop(self, record: Drop) -> int:
        """Take the rows and seeds of whole segments away with the next commit, and add the record, whose index is returned.

        Their leaf hashes stay, and fingerprints by which their records are known again. Raises BadInput unless each range
        of the record is that of one segment whose rows are there and have groups; Refused where a hold keeps one.
        """
        if self._changed:
            raise Refused("Rows were taken away in this commit already; commit first.")
        check_not_held(self._layout, self._manifest, record.entries)
        held = {(one.start, one.end): one for one in self._manifest.held() if one.typ in ENTRY_TYPES}
        strange = [f"{start}-{end - 1}" for start, end in record.entries if (start, end) not in held]
        if strange or not record.entries:
            raise BadInput("Only whole segments can be dropped.", found=", ".join(strange) or "none")
        index = self.size
        with self._adding():
            rewriting = Rewriting(self._layout, self._checkpoint.origin, self._salts)
            for each in record.entries:
                self._hold.check()
                self._changed.append(rewriting.dropped(held[each], index))
        self.append_records(RETENTION, [record.record()])
        return index

    def commit(self, *beside: Signer) -> Checkpoint:
        """Make all that was added part of the log, for good, and return the checkpoint that says so.

        Those `beside` sign it, too: the next key, where one hands over to the next. What waits in the journal then goes
        on waiting.
        """
        if not self._whole:
            raise Refused("An append failed half way; nothing can be committed. Begin again.")
        waiting = [] if beside else self._drained()  # a handover names its size beforehand
        if self._segments:
            before = self._manifest.with_changed(self._changed)
            manifest = Manifest(size=self.size, segments=(*before.segments, *self._segments))
            self._whole = False
            with self._writing("entries were committed"):
                self._levels.sync()
                if waiting:
                    note(self._layout, waiting, self.size - sum(len(each.records) for each in waiting))
                checkpoint = commit(self._layout, self._checkpoint, manifest, (self._signer, *beside), self._hold)
            self._checkpoint, self._manifest, self._segments, self._whole = checkpoint, manifest, [], True
            if self._changed:
                self._changed = []
                taken_away(self._layout, manifest)
        with self._writing("the journal was cleared", "What was to be committed is."):
            forget(self._layout, waiting)
        return self._checkpoint

    def _drained(self) -> list[Waiting]:
        """Add what waits in the journal, and return its files; they are forgotten once the commit has come to be."""
        with self._writing("the journal was read"):
            waiting = taken(self._layout)
        self.recovered += tuple(
            f"Dropped {each.torn} bytes at the end of journal/{each.name}: their writer was cut short before it was"
            " told that they are kept."
            for each in waiting
            if each.torn
        )
        records = (record for each in waiting for record in each.records)
        for typ, run in groupby(records, key=typ_of):
            self._append_run(typ, list(run))
        return waiting

    def _append_run(self, typ: str, records: Sequence[Record]) -> None:
        if typ == DEED_TYP:
            self.append_deeds([record for record in records if isinstance(record, Deed)])
        else:
            self.append_records(typ, [record for record in records if not isinstance(record, Deed)])

    @contextmanager
    def _adding(self) -> Iterator[None]:
        """Remember an append that failed, for then the hashes and segments no longer fit one another."""
        if not self._whole:
            raise Refused("An append failed half way; nothing can be added. Begin again.")
        self._whole = False
        with self._writing("entries were added"):
            yield
        self._whole = True

    @contextmanager
    def _writing(self, doing: str, then: str = AS_BEFORE) -> Iterator[None]:
        """Write under the lock, and remember what forbids to write any more."""
        try:
            with disk(doing, then):
                self._hold.check()
                yield
        except (EnvironmentFault, Locked) as fault:
            self._stopped = isinstance(fault, Locked) or leaves_doubt(fault)
            raise

    def _append_rows(
        self, entry_type: EntryType, rows: Iterable[pa.RecordBatch], count: int, told: Told = unheard
    ) -> None:
        if count:
            self._describe(entry_type)
        first = self.size
        pieces = cut(rows, spans(self.size, count, entry_type.typ))
        sealed = self._workshop.sealed(self._chunks(entry_type, pieces))
        for span, results in groupby(sealed, key=lambda result: result.chunk.span):
            with SegmentWriter(self._layout.data / span.file, span.typ, span.start) as segment:
                for result in results:
                    self._hold.check()
                    segment.write(result.chunk.rows)
                    self._levels.append(result.leaves)
                    told(result.chunk.start + result.chunk.rows.num_rows - first, count)
            self._finish(span)

    def _describe(self, entry_type: EntryType) -> None:
        """Add the type's schema record if this log, which an earlier version may have made, has none yet."""
        held = (*self._manifest.held(), *self._segments)
        if any(each.typ == entry_type.typ for each in held):
            return
        files = [self._layout.segment(each) for each in held if each.typ == "schema/1"]
        if all(body["describes"] != entry_type.typ for file in files for _, body in read_records(file)):
            self._append_entries("schema/1", [control_entry(entry_type.schema_record())])

    def _chunks(self, entry_type: EntryType, pieces: Iterable[tuple[Span, int, pa.RecordBatch]]) -> Iterator[Chunk]:
        for span, parts in groupby(pieces, key=lambda piece: piece[0]):
            seed = self._salts.new_seed(seed_context(self._checkpoint.origin, span.start, span.end))
            self._hold.check()
            replace(self._layout.seed(span.file), b64encode(seed) + b"\n")
            for _, start, rows in parts:
                yield Chunk(entry_type=entry_type, rows=rows, start=start, span=span, sealed=seed)

    def _append_entries(self, typ: str, entries: Sequence[bytes]) -> None:
        for span in spans(self.size, len(entries), typ):
            own = entries[span.start - self.size : span.end - self.size]
            with SegmentWriter(self._layout.data / span.file, typ, span.start) as segment:
                segment.write(pa.RecordBatch.from_arrays([pa.array([each.decode() for each in own])], names=[ENTRY]))
            self._levels.append(b"".join(leaf_hash(entry) for entry in own))
            self._finish(span)

    def _finish(self, span: Span) -> None:
        path = self._layout.data / span.file
        self._hold.check()
        name(path)
        size, digest = path.stat().st_size, file_sha256(path)
        self._segments.append(Segment(start=span.start, end=span.end, typ=span.typ, bytes=size, sha256=digest))

    def _begin(self, held: ExitStack) -> None:
        self._levels = GrowingLevels(self._layout, self._checkpoint.size)
        held.callback(self._levels.close)

    def _committed(self) -> tuple[Checkpoint, Manifest]:
        """Return what is committed now: a stop from the keyboard may fall between the commit and this writer's note of it."""
        if not self._layout.checkpoint.exists():
            return self._checkpoint, self._manifest
        return read_state(self._layout, self._signer.verifier)

    def _found(self) -> tuple[Checkpoint, Manifest]:
        if self._new_origin is None:
            checkpoint, manifest = read_state(self._layout, self._signer.verifier)
            check_signs(
                self._layout, manifest, self._signer.verifier
            )  # another may have taken over since it was opened
            return checkpoint, manifest
        if self._layout.checkpoint.exists():
            raise Refused(f"There is a log in {self._layout.folder} already.")
        for folder in (self._layout.checkpoints, self._layout.manifests, self._layout.hashes):
            make_folder(folder)
        for folder in (self._layout.data, self._layout.seeds):
            make_folder(folder, 0o700)
        sync_folder(self._layout.folder.parent)
        return Checkpoint(origin=self._new_origin, size=0, root=EMPTY_ROOT), Manifest(size=0, segments=())
