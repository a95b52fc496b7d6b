"""Verification: is the log on the disk what was signed?

It trusts the public key (or the history of keys: then the one that was the log's at the size in question), and the seeds where rows are to be tied to entries; all else is computed again. It holds when:

1. the checkpoint is a note of this key, and no later one was ever committed;
2. the manifest of its size is there, and its segments hold each entry once;
3. each segment's rows are those of its indices, in order, and their originals those that the entries bind;
4. the tree over the leaves that the rows give has the signed root, and the stored hashes are those of that tree;
5. each segment's file has the bytes that the manifest says;
6. each earlier checkpoint is a note of this key, and the tree had its root at its size;
7. the schema record of each entry type in use says what this software takes the type to be;
8. what was erased or dropped is what the log's records say, and all of it is gone. Of entries that were dropped, the
   stored leaf hashes stand for the rows;
9. the history of keys is that of the log's records of keys, and each handover has its checkpoint, signed by both.

Without the rows (`full=False`), 3 is left out and 4 starts from the stored leaf hashes. With a selection of rows, 4
starts from the stored leaf hashes too, and 3 is done for the rows selected, whose leaves must be the stored ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, verified
from custodiet.ledger.entry_types import ENTRY_TYPES, same_shape
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.ledger.key_history import Compromise
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.ports import SaltSource, Verifier
from custodiet.logstore.entries import provable
from custodiet.logstore.gone_check import Gone, check_gone
from custodiet.logstore.key_records import check_keys
from custodiet.logstore.layout import Layout, stored_sizes
from custodiet.logstore.log import Log
from custodiet.logstore.recovery import check_follows, last_committed
from custodiet.logstore.rows_check import Reread, reread, stored
from custodiet.logstore.segments import file_sha256
from custodiet.logstore.selection import Range, Sample, Sampling, Selection, Since, overlap
from custodiet.logstore.since import check_extends
from custodiet.logstore.state import read_checkpoint, read_state
from custodiet.logstore.tree_check import TreeCheck
from custodiet.logstore.workshop import Told, Workshop, unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What held, and at which size."""

    origin: str
    size: int
    root: bytes
    full: bool  # whether every row was read again
    rows: int  # entries whose rows were read again
    since: int | None = None  # the size of the checkpoint on which all rows before it rest
    sample: Sample | None = None  # of the rows
    entries: dict[str, int]  # by type
    segments: int
    earlier_checkpoints: int
    without_original: int  # rows, of those read again, whose record's bytes are not held
    gone: Gone  # what was erased or dropped
    left_out: int  # entries whose leaf hashes are not stored, for the log is lean
    compromised: tuple[Compromise, ...] = ()  # earlier keys whose signatures above a size prove nothing


def verify(  # noqa: PLR0913 - what is trusted, what is read, who is told
    folder: Path,
    verifier: Verifier,
    salts: SaltSource,
    *,
    full: bool = True,
    some: Selection | None = None,
    told: Told = unheard,
) -> Verified:
    """Return what was verified if the log is what was signed; raises LogDamaged naming the first fault otherwise.

    With `full=False` no row is read again; with `some`, those selected. `told` hears, again and again, of how many
    entries out of how many the rows were read.
    """
    layout = Layout(folder)
    try:
        if full and some is None:
            return _verified(layout, verifier, salts, told)
        return _verified_in_part(layout, verifier, salts, some, told)
    except LogDamaged as error:
        raise LogDamaged(replace(error.fault, last_good=_last_good(layout, verifier, error.fault))) from error


def _verified(layout: Layout, verifier: Verifier, salts: SaltSource, told: Told) -> Verified:
    checkpoint, manifest = _signed_state(layout, verifier)  # 1, 2
    log = provable(Log(layout, checkpoint, manifest), salts)
    without_original = 0
    tree = TreeCheck(log.levels)
    for part in _parts(layout, manifest, salts, checkpoint.origin):  # 3
        tree.add(part.leaves)
        without_original += part.without_original
        told(part.end, checkpoint.size)
    tree.compare(checkpoint, manifest)  # 4
    held = sum(segment.end - segment.start for segment in manifest.held())
    return _rest(log, verifier, full=True, rows=held, without_original=without_original)


def _verified_in_part(
    layout: Layout, verifier: Verifier, salts: SaltSource, some: Selection | None, told: Told
) -> Verified:
    checkpoint, manifest = _signed_state(layout, verifier)  # 1, 2
    ranges = () if some is None else some.ranges(checkpoint.size)
    read, without_original, wanted = 0, 0, sum(end - start for start, end in ranges)
    log = provable(Log(layout, checkpoint, manifest), salts)
    tree = TreeCheck(log.levels)
    with Workshop(salts, checkpoint.origin) as workshop:
        tree.add_stored(checkpoint.size, workshop.raised)
    tree.compare(checkpoint, manifest)  # 4
    if isinstance(some, Since):
        check_extends(log.levels, checkpoint, some.checkpoint)
    for part in _parts(layout, manifest, salts, checkpoint.origin, ranges):  # 3
        tree.compare_rows(part.start, part.leaves, manifest)
        read, without_original = read + part.end - part.start, without_original + part.without_original
        told(read, wanted)
    return _rest(
        log,
        verifier,
        full=read == checkpoint.size,
        rows=read,
        since=some.checkpoint.size if isinstance(some, Since) else None,
        sample=some.sample(checkpoint.size) if isinstance(some, Sampling) else None,
        without_original=without_original,
    )


def _rest(log: Log, verifier: Verifier, **found: Any) -> Verified:
    """Check what has nothing to do with single rows, and return all that held."""
    _check_files(log.layout, log.manifest)  # 5
    earlier = _check_earlier(log, verifier)  # 6
    _check_schemas(log)  # 7
    gone = check_gone(log)  # 8
    compromised = check_keys(log.layout, log.manifest, verifier)  # 9
    return Verified(
        origin=log.checkpoint.origin,
        size=log.checkpoint.size,
        root=log.checkpoint.root,
        entries=_entries(log.manifest),
        segments=len(log.manifest.segments),
        earlier_checkpoints=earlier,
        gone=gone,
        left_out=sum(end - start for start, end, stored in log.levels.extents(log.size) if not stored),
        compromised=compromised,
        **found,
    )


def _parts(
    layout: Layout, manifest: Manifest, salts: SaltSource, origin: str, within: Sequence[Range] | None = None
) -> Iterator[Reread]:
    with Workshop(salts, origin) as workshop:
        for segment in manifest.segments:
            if within is not None and not any(overlap(within, segment.start, segment.end)):
                continue
            if segment.dropped is None:
                yield from reread(layout, segment, workshop, within)
            elif within is None:
                yield from stored(layout, segment)


def _signed_state(layout: Layout, verifier: Verifier) -> tuple[Checkpoint, Manifest]:
    committed = last_committed(layout)  # before the checkpoint is read: a writer may commit at any moment
    if committed and not layout.checkpoint.exists():
        raise LogDamaged(Fault(part=Part.CHECKPOINT, sentence="The file checkpoint is missing.", file="checkpoint"))
    try:
        check_follows(committed, read_checkpoint(layout, verifier))
    except VerificationFailed as error:
        raise LogDamaged(Fault(part=Part.CHECKPOINT, sentence=str(error), file="checkpoint")) from error
    try:
        checkpoint, manifest = read_state(layout, verifier)
    except VerificationFailed as error:
        raise LogDamaged(Fault(part=Part.MANIFEST, sentence=str(error))) from error
    if not layout.checkpoints.is_dir():
        said = "The folder of earlier checkpoints is missing: nothing shows that the log was not set back."
        raise LogDamaged(Fault(part=Part.CHECKPOINT, sentence=said, file=layout.checkpoints.name))
    return checkpoint, manifest


def _check_files(layout: Layout, manifest: Manifest) -> None:
    for segment in manifest.held():
        path = layout.segment(segment)
        if not path.exists():
            raise _in_file(segment.start, segment.file, "The segment's file is missing.")
        if path.stat().st_size != segment.bytes or file_sha256(path) != segment.sha256:
            said = "The file does not have the bytes that were committed, though its entries are as they were signed."
            raise _in_file(segment.start, segment.file, said)


def _in_file(index: int, file: str, sentence: str) -> LogDamaged:
    return LogDamaged(Fault(part=Part.DATA, sentence=sentence, index=index, file=file))


def _check_earlier(log: Log, verifier: Verifier) -> int:
    count, checkpoint = 0, log.checkpoint
    for size, earlier in _earlier(log.layout, verifier):
        file = f"checkpoints/{size}"
        if earlier is None or earlier.size != size or earlier.origin != checkpoint.origin:
            raise LogDamaged(Fault(part=Part.CHECKPOINT, sentence="This earlier checkpoint is damaged.", file=file))
        if log.levels.root(size) != earlier.root:
            said = "This earlier checkpoint was signed, and the log does not extend it: its history was rewritten."
            raise LogDamaged(Fault(part=Part.CHECKPOINT, sentence=said, file=file))
        count += size != checkpoint.size
    return count


def _check_schemas(log: Log) -> None:
    records = {record["describes"]: record for _, record in log.records("schema/1")}
    for typ in {segment.typ for segment in log.manifest.segments} & set(ENTRY_TYPES):
        if typ not in records or not same_shape(records[typ], ENTRY_TYPES[typ].schema_record()):
            said = f"The log's schema record of {typ} is not what this software takes that type to be."
            raise LogDamaged(Fault(part=Part.DATA, sentence=said))


def _last_good(layout: Layout, verifier: Verifier, fault: Fault) -> int | None:
    """Return the largest size that was signed and ends before the fault."""
    if fault.index is None:
        return None
    good = (size for size, earlier in _earlier(layout, verifier) if earlier is not None and size <= fault.index)
    return max(good, default=None)


def _earlier(layout: Layout, verifier: Verifier) -> Iterator[tuple[int, Checkpoint | None]]:
    """Yield each size that has a checkpoint stored, and the checkpoint; None if it is not one of this key."""
    for size in stored_sizes(layout.checkpoints):
        try:
            yield size, verified(layout.past_checkpoint(size).read_bytes(), verifier)
        except (BadInput, VerificationFailed):
            yield size, None


def _entries(manifest: Manifest) -> dict[str, int]:
    entries: Counter[str] = Counter()
    for segment in manifest.segments:
        entries[segment.typ] += segment.end - segment.start
    return dict(sorted(entries.items()))
