"""The commit: manifest, check, signature, and the one rename that makes it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from custodiet.errors import EnvironmentFault, Locked, Refused, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, signed
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.ports import Signer
from custodiet.logstore.files import changing, prepare, replace, unfinished
from custodiet.logstore.layout import KEPT_MANIFESTS, Layout, stored_sizes
from custodiet.logstore.leaves import first_left_out
from custodiet.logstore.levels import Levels
from custodiet.logstore.lock import Hold
from custodiet.logstore.state import read_checkpoint


def commit(layout: Layout, last: Checkpoint, manifest: Manifest, signers: Sequence[Signer], hold: Hold) -> Checkpoint:
    """Make the manifest's size that of the log, and return its checkpoint. Segments and hashes are on the disk already.

    Raises, before anything is signed, Refused if rows are dropped whose leaf hashes a lean log has left out, and
    VerificationFailed if the tree does not extend the one that was signed last; and, before anything is committed, Locked
    if the lock was lost or another has committed meanwhile.
    """
    _check_dropped(layout, manifest)
    replace(layout.manifest(manifest.size), manifest.text.encode())
    levels = Levels(layout)
    if manifest.size < last.size or levels.root(last.size) != last.root:
        raise VerificationFailed(
            f"The hashes on the disk no longer give the root signed at {last.size}; nothing was signed."
        )
    checkpoint = Checkpoint(origin=last.origin, size=manifest.size, root=levels.root(manifest.size))
    note = signed(checkpoint, *signers)
    prepare(layout.checkpoint, note)
    _check_alone(layout, last, hold)
    with _settling(layout, checkpoint, note):
        with changing(layout.folder):
            unfinished(layout.checkpoint).rename(layout.checkpoint)
        replace(layout.past_checkpoint(checkpoint.size), note)
        _forget_old_manifests(layout)
    return checkpoint


def _check_dropped(layout: Layout, manifest: Manifest) -> None:
    """Return if the leaf hashes of all entries whose rows are dropped are stored; raises Refused."""
    index = first_left_out(layout, [(segment.start, segment.end) for segment in manifest.dropped()])
    if index is not None:
        raise Refused(
            f"The log is lean: without its row nothing would tell what entry {index} was. Store the leaf hashes again"
            " (custodiet ledger lean --undo), drop the rows, and make the log lean after that."
        )


def _check_alone(layout: Layout, last: Checkpoint, hold: Hold) -> None:
    """Return if this writer still holds the lock and the log is still what it began from; raises Locked."""
    hold.check()
    found = read_checkpoint(layout, None) if layout.checkpoint.exists() else None
    if found != (last if last.size else None):
        raise Locked("Another process has committed to this log meanwhile; nothing of this was committed.")


@contextmanager
def _settling(layout: Layout, checkpoint: Checkpoint, note: bytes) -> Iterator[None]:
    """Say, where the disk fails after the rename, that the commit stands but may not survive loss of power."""
    try:
        yield
    except OSError as error:
        if not layout.checkpoint.exists() or layout.checkpoint.read_bytes() != note:
            raise
        raise EnvironmentFault(
            f"The checkpoint of {checkpoint.size} entries was put in place, but the disk failed ({error.strerror}) before"
            " that was certain. Stop writing, and look at the disk."
        ) from error


def _forget_old_manifests(layout: Layout) -> None:
    for size in stored_sizes(layout.manifests, ".json")[:-KEPT_MANIFESTS]:
        layout.manifest(size).unlink()
