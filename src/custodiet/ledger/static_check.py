"""An export in the layout of C2SP tlog-tiles, checked by whoever has it: the tree made anew from the bundles alone.

It needs the log's public key and nothing else; it trusts no tile. What holds after it:

1. the checkpoint is a note of the key;
2. there is a bundle for each of its entries from the minimum index on, and the tree over them has the signed root;
   for a bundle below that is not there, the hashes in its tile are taken up;
3. each tile holds the hashes of that tree;
4. every other file under `tile/` is the beginning of a tile or bundle that was checked, or lies beyond the checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.bundles import entries_in
from custodiet.ledger.checkpoint import Checkpoint, verified
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.ledger.fsck import FreshTree, TileRoots, first_unequal, tile_roots
from custodiet.ledger.ports import Verifier
from custodiet.ledger.proof import inclusion_proof, verify_inclusion
from custodiet.ledger.static_names import CHECKPOINT, MINIMUM_INDEX, StaticFile, bundles, minimum_index_in, tiles
from custodiet.ledger.tiles import TILE_HEIGHT, TILE_WIDTH, level_lengths, nodes_from
from custodiet.ledger.tree import HASH_BYTES, leaf_hash

#: Hears how many entries are done, and of how many.
Told = Callable[[int, int], None]


class StaticFiles(Protocol):
    """Where an export lies."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of the file of that name; None if there is none."""

    def names(self) -> Iterator[str]:
        """Yield the names of all files under `tile/`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedExport:
    """What held, and at which size."""

    origin: str
    size: int
    root: bytes
    bundles: int
    pruned: int  # of these, that are left out below the minimum index: their entries were dropped
    tiles: int
    partial: int  # other partial tiles and bundles, of earlier sizes
    beyond: int  # files of entries that the checkpoint does not reach: an export under way, or cut short


@dataclass(frozen=True, slots=True)
class StaticHashes:
    """The hashes in the tiles of an export of a log of that size."""

    files: StaticFiles
    size: int

    def read(self, level: int, start: int, count: int) -> bytes:
        """Return `count` hashes of the level from hash `start` on; raises LogDamaged where a tile is not as long as it must be."""
        numbers = range(start // TILE_WIDTH, -(-(start + count) // TILE_WIDTH))
        hashes = b"".join(self.tile(level, number) for number in numbers)
        first = start % TILE_WIDTH * HASH_BYTES
        return hashes[first : first + count * HASH_BYTES]

    def tile(self, level: int, number: int) -> bytes:
        """Return the hashes that the tile has in a tree of this size: its own file's, or the first of the full one."""
        length = level_lengths(self.size)[level]
        width = min(TILE_WIDTH, length - number * TILE_WIDTH)
        file = StaticFile(level, number, width)
        if width < TILE_WIDTH and self.files.read(file.path) is None:
            file = file.whole
        return _tile(self.files, file)[: width * HASH_BYTES]


def check_export(
    files: StaticFiles, verifier: Verifier, roots_of: TileRoots = tile_roots, told: Told | None = None
) -> CheckedExport:
    """Return what held of the export; raises LogDamaged naming the first file and entry that is not what was signed."""
    checkpoint = _checkpoint(files, verifier)
    hashes = StaticHashes(files, checkpoint.size)
    fresh, differs, pruned = FreshTree(roots_of), None, 0
    minimum = minimum_index_in(files.read(MINIMUM_INDEX))
    for bundle in bundles(checkpoint.size):
        if bundle.start + bundle.width <= minimum and files.read(bundle.path) is None:
            leaves, pruned = hashes.tile(0, bundle.number), pruned + 1
        else:
            leaves = _leaves(_found(files, bundle), bundle)
        fresh.add(leaves)
        place = first_unequal(leaves, hashes.tile(0, bundle.number))
        if place is not None and differs is None:
            differs = bundle.start + place
        if told is not None:
            told(bundle.start + bundle.width, checkpoint.size)
    _compare(fresh, differs, hashes, checkpoint)
    partial, beyond = _others_checked(files, hashes, checkpoint.size)
    return CheckedExport(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root,
        bundles=sum(1 for _ in bundles(checkpoint.size)),
        pruned=pruned,
        tiles=sum(1 for _ in tiles(checkpoint.size)),
        partial=partial,
        beyond=beyond,
    )


def _checkpoint(files: StaticFiles, verifier: Verifier) -> Checkpoint:
    data = files.read(CHECKPOINT)
    if data is None:
        raise BadInput("There is no export here: it lacks its checkpoint.", file=CHECKPOINT)
    try:
        return verified(data, verifier)
    except (BadInput, VerificationFailed) as error:
        raise LogDamaged(Fault(part=Part.CHECKPOINT, sentence=str(error), file=CHECKPOINT)) from error


def _compare(fresh: FreshTree, differs: int | None, hashes: StaticHashes, checkpoint: Checkpoint) -> None:
    if fresh.root() != checkpoint.root:
        raise _altered(differs, hashes, checkpoint)
    if differs is not None:
        said = "This tile does not hold the hash of the entry, which is as it was signed."
        raise _fault(Part.TREE, StaticFile(0, differs // TILE_WIDTH), said, differs)
    difference = fresh.first_difference(hashes.read)
    if difference is not None:
        level, place = difference
        said = "This tile does not hold the roots of the tiles below, which are as they were signed."
        raise _fault(Part.TREE, StaticFile(level, place // TILE_WIDTH), said, place << (TILE_HEIGHT * level))


def _altered(differs: int | None, hashes: StaticHashes, checkpoint: Checkpoint) -> LogDamaged:
    """The entries do not give what was signed; if the tile's hash of the first odd entry does, the bundle is to blame."""
    if differs is None:
        said = f"Entries and tiles agree with one another, but not with the root signed at {checkpoint.size}."
        return LogDamaged(Fault(part=Part.DATA, sentence=said))
    try:
        proof = inclusion_proof(differs, checkpoint.size, nodes_from(hashes.read))
        verify_inclusion(hashes.read(0, differs, 1), differs, checkpoint.size, proof, checkpoint.root)
    except VerificationFailed:
        said = "This entry is not the one that was logged, and its tile does not lead to the signed root either."
    else:
        said = "This entry is not the one that was logged: its tile leads to the signed root, the entry does not."
    return _fault(Part.DATA, StaticFile(None, differs // TILE_WIDTH), said, differs)


def _others_checked(files: StaticFiles, hashes: StaticHashes, size: int) -> tuple[int, int]:
    """Return how many files are partial ones of earlier sizes, which were checked, and how many lie beyond this size."""
    partial = beyond = 0
    for name in files.names():
        file = _named(name)
        left = _length(file, size) - file.start
        if file.width > left:
            beyond += 1
        elif file.width != min(TILE_WIDTH, left):
            _check_beginning(files, file, hashes)
            partial += 1
    return partial, beyond


def _named(name: str) -> StaticFile:
    try:
        return StaticFile.parse(name)
    except BadInput as error:
        raise LogDamaged(Fault(part=Part.TREE, sentence="No file of a log is called so.", file=name)) from error


def _length(file: StaticFile, size: int) -> int:
    lengths, level = level_lengths(size), file.level or 0
    return lengths[level] if level < len(lengths) else 0


def _check_beginning(files: StaticFiles, file: StaticFile, hashes: StaticHashes) -> None:
    """A partial file of an earlier size holds the first hashes, or entries, of what was checked already."""
    found = _leaves(_found(files, file), file) if file.level is None else _tile(files, file)
    if found != hashes.read(file.level or 0, file.start, file.width):
        part = Part.DATA if file.level is None else Part.TREE
        raise _fault(part, file, "This is not the beginning of what the full one holds.")


def _leaves(data: bytes, bundle: StaticFile) -> bytes:
    try:
        return b"".join(map(leaf_hash, entries_in(data, bundle.width)))
    except BadInput as error:
        raise _fault(Part.DATA, bundle, str(error), bundle.start) from error


def _tile(files: StaticFiles, file: StaticFile) -> bytes:
    data = _found(files, file)
    if len(data) != file.width * HASH_BYTES:
        raise _fault(Part.TREE, file, f"This tile has {len(data)} bytes, not {file.width * HASH_BYTES}.")
    return data


def _found(files: StaticFiles, file: StaticFile) -> bytes:
    data = files.read(file.path)
    if data is None:
        part = Part.DATA if file.level is None else Part.TREE
        raise _fault(part, file, "This file is missing.", file.start << (TILE_HEIGHT * (file.level or 0)))
    return data


def _fault(part: Part, file: StaticFile, sentence: str, index: int | None = None) -> LogDamaged:
    return LogDamaged(Fault(part=part, sentence=sentence, index=index, file=file.path))
