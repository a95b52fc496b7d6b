"""Leaves compared with the hashes that are stored and the root that was signed, and which of them is to blame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from custodiet.errors import VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.ledger.fsck import FreshTree, first_unequal, tiles_of
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.proof import inclusion_proof, verify_inclusion
from custodiet.ledger.tiles import TILE_HEIGHT, TILE_WIDTH, nodes_from
from custodiet.ledger.tree import HASH_BYTES
from custodiet.logstore.hashing import tile_roots
from custodiet.logstore.leaves import Piece
from custodiet.logstore.levels import Levels
from custodiet.logstore.rows_check import damaged

#: Makes the roots of full tiles, run by run, in order.
Raised = Callable[[Iterable[bytes]], Iterator[bytes]]

_ROW_ALTERED = (
    "This row is not the entry that was logged: its stored hash leads to the signed root, the row's does not."
)


class TreeCheck:
    """A tree built afresh beside the stored one."""

    def __init__(self, levels: Levels) -> None:
        """Begin with no leaf."""
        self._levels = levels
        self._fresh = FreshTree(tile_roots)
        self._differs: int | None = None

    def add(self, leaves: bytes) -> None:
        """Take up the next leaf hashes, and remember the first that is not the stored one."""
        start = self._fresh.size
        if self._differs is None:
            self._differs = self._first_unequal(start, leaves)
        self._fresh.add(leaves)

    def add_stored(self, size: int, raised: Raised) -> None:
        """Take up the stored leaf hashes themselves, with the roots of their tiles made as `raised` makes them.

        Where a lean log has left leaf hashes out, the stored roots of their tiles are taken up.
        """
        full = size // TILE_WIDTH * TILE_WIDTH
        for start, end, stored in self._levels.extents(full):
            if stored:
                for roots in raised(self._stored(start + at, count) for at, count in tiles_of(end - start)):
                    self._fresh.add_tiles(roots)
            else:
                self._fresh.add_tiles(self._levels.read(1, start // TILE_WIDTH, (end - start) // TILE_WIDTH))
        self._fresh.add(self._stored(full, size - full))

    def _first_unequal(self, start: int, leaves: bytes) -> int | None:
        for piece in self._levels.stored(start, len(leaves) // HASH_BYTES):
            own = leaves[(piece.start - start) * HASH_BYTES : (piece.end - start) * HASH_BYTES]
            place = None if piece.hashes is None else first_unequal(own, piece.hashes)
            if place is not None:
                return piece.start + place
        return None

    def _stored(self, start: int, count: int) -> bytes:
        leaves = self._levels.found(0, start, count)
        if len(leaves) != count * HASH_BYTES:
            raise _tree_fault(0, start + len(leaves) // HASH_BYTES, "ends here; the tree needs more")
        return leaves

    def compare_rows(self, start: int, leaves: bytes, manifest: Manifest) -> None:
        """Return if these are the stored leaf hashes from `start` on, which were found to give the signed root already.

        Raises LogDamaged, naming the row, otherwise.
        """
        index = self._first_unequal(start, leaves)
        if index is not None:
            raise damaged(manifest.holding(index), index, _ROW_ALTERED)
        for piece in self._levels.stored(start, len(leaves) // HASH_BYTES):
            for tile in _tiles(piece) if piece.hashes is None else ():
                try:
                    self._levels.read(0, tile * TILE_WIDTH, TILE_WIDTH)
                except VerificationFailed as error:
                    raise _in_tile(tile, manifest) from error

    def compare(self, checkpoint: Checkpoint, manifest: Manifest) -> None:
        """Return if the tree has the signed root and all stored hashes are its; raises LogDamaged otherwise."""
        if self._fresh.root() == checkpoint.root:
            self._compare_stored()
        elif self._differs is not None:
            raise self._blamed(self._differs, checkpoint, manifest)
        else:
            raise self._altered_together(checkpoint, manifest)

    def _compare_stored(self) -> None:
        """The rows give what was signed, so whatever differs from them is a stored hash."""
        if self._differs is not None:
            raise _tree_fault(0, self._differs, "is not the hash of this entry, which is as it was signed")
        difference = self._fresh.first_difference(self._levels.found)
        if difference is not None:
            raise _tree_fault(*difference, "is not the root of its tile; the entries below are as they were signed")

    def _blamed(self, index: int, checkpoint: Checkpoint, manifest: Manifest) -> LogDamaged:
        """The rows do not give what was signed; if the stored hash of the entry does, the row alone is to blame."""
        try:
            proof = inclusion_proof(index, checkpoint.size, nodes_from(self._levels.read))
            verify_inclusion(self._levels.read(0, index, 1), index, checkpoint.size, proof, checkpoint.root)
        except VerificationFailed:
            said = "This row is not the entry that was logged, and the stored hashes do not lead to the signed root either."
        else:
            said = _ROW_ALTERED
        return damaged(manifest.holding(index), index, said)

    def _altered_together(self, checkpoint: Checkpoint, manifest: Manifest) -> LogDamaged:
        """The stored leaf hashes, or their tiles' roots, are what was taken up, and do not give what was signed."""
        difference = self._fresh.first_difference(self._levels.found)
        if difference is not None:
            level, place = difference[0] - 1, difference[1] * TILE_WIDTH
            if level == 0 and any(piece.hashes is None for piece in self._levels.stored(place, TILE_WIDTH)):
                return _in_tile(difference[1], manifest)
            said = f"is wrong, or one of the {TILE_WIDTH - 1} after it is: they do not give the root of their tile"
            return _tree_fault(level, place, said)
        sentence = f"The stored hashes agree with what they were compared with, but not with the root signed at {checkpoint.size}: entries and hashes were altered together."
        return LogDamaged(Fault(part=Part.DATA, sentence=sentence))


def _tiles(piece: Piece) -> range:
    return range(piece.start // TILE_WIDTH, -(-piece.end // TILE_WIDTH))


def _in_tile(tile: int, manifest: Manifest) -> LogDamaged:
    """Where the leaf hashes were left out, the root of their tile tells that one of its rows was altered, and not which."""
    first = tile * TILE_WIDTH
    said = f"This row, or one of the entries up to {first + TILE_WIDTH - 1}, is not what was logged: they do not give the root of their tile."
    return damaged(manifest.holding(first), first, said)


def _tree_fault(level: int, place: int, said: str) -> LogDamaged:
    sentence = f"Hash {place} of the level file {said}."
    index = place << (TILE_HEIGHT * level)
    return LogDamaged(Fault(part=Part.TREE, sentence=sentence, index=index, file=f"hash/{level}"))
