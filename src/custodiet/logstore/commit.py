"""The commit: manifest, check, signature, and the one rename that makes it so."""

from __future__ import annotations

from custodiet.errors import EnvironmentFault, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, signed
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.ports import Signer
from custodiet.logstore.files import replace, sync, sync_folder, unfinished
from custodiet.logstore.layout import KEPT_MANIFESTS, Layout, stored_sizes
from custodiet.logstore.levels import Levels


def commit(layout: Layout, last: Checkpoint, manifest: Manifest, signer: Signer) -> Checkpoint:
    """Make the manifest's size that of the log, and return its checkpoint. Segments and hashes are on the disk already.

    Raises VerificationFailed, before anything is signed, if the tree does not extend the one that was signed last.
    """
    replace(layout.manifest(manifest.size), manifest.text.encode())
    levels = Levels(layout)
    if manifest.size < last.size or levels.root(last.size) != last.root:
        raise VerificationFailed(
            f"The hashes on the disk no longer give the root signed at {last.size}; nothing was signed."
        )
    checkpoint = Checkpoint(origin=last.origin, size=manifest.size, root=levels.root(manifest.size))
    note = signed(checkpoint, signer)
    prepared = unfinished(layout.checkpoint)
    prepared.write_bytes(note)
    sync(prepared)
    prepared.rename(layout.checkpoint)
    _settle(layout, checkpoint, note)
    return checkpoint


def _settle(layout: Layout, checkpoint: Checkpoint, note: bytes) -> None:
    """Bring the rename to the disk and keep a copy; if that fails, the commit stands but may not survive loss of power."""
    try:
        sync_folder(layout.folder)
        replace(layout.past_checkpoint(checkpoint.size), note)
        for size in stored_sizes(layout.manifests, ".json")[:-KEPT_MANIFESTS]:
            layout.manifest(size).unlink()
    except OSError as error:
        raise EnvironmentFault(
            f"The checkpoint of {checkpoint.size} entries was put in place, but the disk failed ({error.strerror}) before"
            " that was certain. Stop writing, and look at the disk."
        ) from error
