"""What the log is at this moment: its newest checkpoint and the manifest of that size."""

from __future__ import annotations

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, unverified, verified
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.ports import Verifier
from custodiet.logstore.layout import Layout

#: How often a reader begins anew because writers committed, and cleared old manifests away, while it read.
_ATTEMPTS = 20


def read_state(layout: Layout, verifier: Verifier | None) -> tuple[Checkpoint, Manifest]:
    """Return the newest checkpoint and its manifest; with a verifier, the signature has been checked.

    Raises BadInput if there is no log, VerificationFailed if its checkpoint or manifest is not what it must be.
    """
    checkpoint = read_checkpoint(layout, verifier)
    for _ in range(_ATTEMPTS):
        manifest = _read_manifest(layout, checkpoint.size)
        if manifest is not None:
            return checkpoint, manifest
        checkpoint = read_checkpoint(layout, verifier)
    raise VerificationFailed(
        f"The manifest of the log's size {checkpoint.size} is missing (manifest/{checkpoint.size}.json)."
    )


def read_checkpoint(layout: Layout, verifier: Verifier | None) -> Checkpoint:
    """Return the newest checkpoint; raises BadInput if there is no log, VerificationFailed if it is not what it must be."""
    try:
        data = layout.checkpoint.read_bytes()
    except FileNotFoundError as error:
        raise BadInput(f"There is no log in {layout.folder}.") from error
    try:
        return unverified(data) if verifier is None else verified(data, verifier)
    except BadInput as error:
        raise VerificationFailed(f"The file checkpoint is damaged. {error}") from error
    except VerificationFailed as error:
        raise VerificationFailed(f"The file checkpoint is not the log's. {error}") from error


def _read_manifest(layout: Layout, size: int) -> Manifest | None:
    try:
        manifest = Manifest.parse(layout.manifest(size).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (BadInput, UnicodeDecodeError) as error:
        raise VerificationFailed(f"The file manifest/{size}.json is damaged. {error}") from error
    if manifest.size != size:
        raise VerificationFailed(f"The file manifest/{size}.json is the manifest of size {manifest.size}.")
    return manifest
