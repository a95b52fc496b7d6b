"""A lean log leaves out leaf hashes that its rows and salts can give again; and a lean log made whole once more.

The rows are verified first, under the writer's lock. The new file of leaf hashes is put in place by rename, and only
then is the old one taken away: whoever is cut short in between leaves both, and the next writer clears up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from custodiet.ledger.fsck import tiles_of
from custodiet.ledger.ports import SaltSource, Verifier
from custodiet.ledger.tiles import TILE_WIDTH
from custodiet.logstore.entries import provable
from custodiet.logstore.files import changing, disk, publish, unfinished
from custodiet.logstore.kept_tiles import write_kept
from custodiet.logstore.layout import Layout, stored_sizes
from custodiet.logstore.lock import writing
from custodiet.logstore.log import Log
from custodiet.logstore.recovery import recover
from custodiet.logstore.verification import verify
from custodiet.logstore.workshop import Told, unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafStore:
    """How a log's leaf hashes are stored."""

    size: int
    first: int  # from this entry on, all leaf hashes are stored
    kept: int  # tiles below it that are stored too
    before: int  # bytes that the leaf hashes took before
    now: int  # and take now


def make_lean(folder: Path, verifier: Verifier, salts: SaltSource, told: Told = unheard) -> LeafStore:
    """Verify the log, then leave out the leaf hashes of its full tiles, but for tiles that something else rests on.

    Raises LogDamaged, and changes nothing, if a row is not what was logged; Locked while another process writes.
    """
    return _stored_anew(folder, verifier, salts, told, lean=True)


def make_whole(folder: Path, verifier: Verifier, salts: SaltSource, told: Told = unheard) -> LeafStore:
    """Verify the log, then store all its leaf hashes again; raises as `make_lean` does."""
    return _stored_anew(folder, verifier, salts, told, lean=False)


def _stored_anew(folder: Path, verifier: Verifier, salts: SaltSource, told: Told, *, lean: bool) -> LeafStore:
    layout = Layout(folder)
    with disk("leaf hashes were stored anew"), writing(layout.lock):
        log = provable(Log.open(folder, verifier), salts)
        recover(layout, log.checkpoint, log.manifest)
        verify(folder, verifier, salts, told=told)
        before, first = _bytes(layout), log.size // TILE_WIDTH * TILE_WIDTH if lean else 0
        kept = _tiles_kept(log, first)
        if first != layout.leaf_file()[0]:
            _replace(log, first, kept)
        return LeafStore(size=log.size, first=first, kept=len(kept), before=before, now=_bytes(layout))


def _tiles_kept(log: Log, first: int) -> list[int]:
    """Return the tiles below `first` that earlier checkpoints end in, or whose rows are no longer held."""
    ends = {size // TILE_WIDTH for size in stored_sizes(log.layout.checkpoints) if size % TILE_WIDTH}
    dropped = (range(each.start // TILE_WIDTH, -(-each.end // TILE_WIDTH)) for each in log.manifest.dropped())
    return sorted(tile for tile in ends.union(*dropped) if tile * TILE_WIDTH < first)


def _replace(log: Log, first: int, kept: list[int]) -> None:
    layout, read = log.layout, log.levels.read
    if first:
        path = layout.kept_tiles(first)
        with unfinished(path).open("wb") as file:
            write_kept(file, kept, lambda tile: read(0, tile * TILE_WIDTH, TILE_WIDTH))
        publish(path)
    path = layout.leaves_from(first)
    with unfinished(path).open("wb") as file:
        for start, count in tiles_of(log.size - first):
            file.write(read(0, first + start, count))
    publish(path)
    others = {*(each for _, each in layout.leaf_files()), *layout.hashes.glob("0-*.tiles")}
    with changing(layout.hashes):
        for other in others - {path, layout.kept_tiles(first)}:
            other.unlink()


def _bytes(layout: Layout) -> int:
    files = [*(path for _, path in layout.leaf_files()), *layout.hashes.glob("0-*.tiles")]
    return sum(path.stat().st_size for path in files)
