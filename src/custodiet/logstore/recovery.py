"""Taking away what a writer left behind that never was committed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from custodiet.errors import VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.tiles import level_lengths
from custodiet.ledger.tree import HASH_BYTES
from custodiet.logstore.files import UNFINISHED, changing, replace, truncate
from custodiet.logstore.layout import Layout, stored_sizes
from custodiet.logstore.superseded import OURS, superseded, take_away, wanted
from custodiet.logstore.waiting import settle


def recover(layout: Layout, checkpoint: Checkpoint, manifest: Manifest) -> tuple[str, ...]:
    """Bring the folder to what the checkpoint commits to and return, in sentences, what had to be done.

    Raises VerificationFailed, and takes nothing away, if a later checkpoint was committed once: then it is not a writer
    that was cut short, but the checkpoint that was set back.
    """
    check_not_set_back(layout, checkpoint)
    return (
        *_remove(layout, manifest),
        *_remove_later_manifests(layout, checkpoint.size),
        *_remove_unfinished((layout.folder, layout.checkpoints, layout.manifests, layout.hashes, layout.journal)),
        *_remove_left_over_leaves(layout),
        *_truncate(layout, checkpoint.size),
        *_restore_past_checkpoint(layout, checkpoint),
        *settle(layout, checkpoint.size),
        *take_away(layout, manifest),  # last: what was replaced is needed until the commit that replaced it is certain
    )


def check_not_set_back(layout: Layout, checkpoint: Checkpoint) -> None:
    """Return if no checkpoint of a larger size was committed; raises VerificationFailed otherwise."""
    check_follows(last_committed(layout), checkpoint)


def last_committed(layout: Layout) -> int:
    """Return the size of the largest checkpoint that was ever committed here, 0 if there is none."""
    return max(stored_sizes(layout.checkpoints), default=0) if layout.checkpoints.is_dir() else 0


def check_follows(committed: int, checkpoint: Checkpoint) -> None:
    """Return if the checkpoint has at least that size, which was committed before it was read; raises VerificationFailed."""
    if committed > checkpoint.size:
        raise VerificationFailed(
            f"The file checkpoint has been set back: it says {checkpoint.size} entries,"
            f" but a checkpoint of {committed} was committed (checkpoints/{committed})."
        )


def _remove(layout: Layout, manifest: Manifest) -> Iterator[str]:
    kept = {*wanted(layout, manifest), *(path.name for path in superseded(layout, manifest))}
    for folder in (layout.data, layout.seeds):
        for path in sorted(folder.iterdir()):
            if path.name.endswith(UNFINISHED) or (OURS.fullmatch(path.name) and path.name not in kept):
                with changing(folder):
                    path.unlink()
                yield f"Removed {folder.name}/{path.name}, which was never committed."


def _remove_later_manifests(layout: Layout, size: int) -> Iterator[str]:
    for later in stored_sizes(layout.manifests, ".json"):
        if later > size:
            with changing(layout.manifests):
                layout.manifest(later).unlink()
            yield f"Removed manifest/{later}.json, which was never committed."


def _remove_unfinished(folders: tuple[Path, ...]) -> Iterator[str]:
    for folder in folders:
        for path in sorted(folder.glob(f"*{UNFINISHED}")):
            with changing(folder):
                path.unlink()
            yield f"Removed {path.name}, which was never finished."


def _remove_left_over_leaves(layout: Layout) -> Iterator[str]:
    """Take away the files of leaf hashes, and of kept tiles, that another took the place of, or that never took one."""
    first, path = layout.leaf_file()
    wanted = {path, layout.kept_tiles(first)}
    found = [*(file for _, file in layout.leaf_files()), *layout.hashes.glob("0-*.tiles")]
    for left in sorted(set(found) - wanted):
        with changing(layout.hashes):
            left.unlink()
        yield f"Removed hash/{left.name}, in whose place there is another."


def _truncate(layout: Layout, size: int) -> Iterator[str]:
    lengths = dict(enumerate(level_lengths(size)))
    first, leaves = layout.leaf_file()
    files = [(leaves, size - first)] if leaves.exists() else []
    files += [(layout.level(level), lengths.get(level, 0)) for level in stored_sizes(layout.hashes) if level]
    for path, length in files:
        committed, found = length * HASH_BYTES, path.stat().st_size
        if found > committed:
            truncate(path, committed)
            yield f"Cut hash/{path.name} from {found} to {committed} bytes: the rest was never committed."


def _restore_past_checkpoint(layout: Layout, checkpoint: Checkpoint) -> Iterator[str]:
    path = layout.past_checkpoint(checkpoint.size)
    if checkpoint.size and not path.exists():
        # The copy must not outlive the checkpoint itself: that would look set back. The rename may have been followed by a
        # failed fsync, after which another one proves nothing, so it is done again.
        note = layout.checkpoint.read_bytes()
        replace(layout.checkpoint, note)
        replace(path, note)
        yield f"Copied the checkpoint of {checkpoint.size} entries to checkpoints/{checkpoint.size}."
