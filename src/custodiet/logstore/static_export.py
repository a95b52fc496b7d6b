"""The export of a log in the layout of C2SP tlog-tiles: what anyone may check, mirror or witness, and nothing personal.

A second export into the same folder adds what is new. What the folder's checkpoint covers is taken to be there; what
lies beyond it, from an export that was cut short, is compared before it is kept. The checkpoint is written last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from custodiet.errors import BadInput, Refused, VerificationFailed
from custodiet.ledger.bundles import bundle_of, entries_in
from custodiet.ledger.checkpoint import Checkpoint, unverified, verified
from custodiet.ledger.faults import LogDamaged
from custodiet.ledger.fsck import first_unequal, tiles_of
from custodiet.ledger.ports import SaltSource, Verifier
from custodiet.ledger.static_check import StaticHashes
from custodiet.ledger.static_names import CHECKPOINT, MINIMUM_INDEX, StaticFile, bundles, partial_files, tiles
from custodiet.ledger.tiles import TILE_WIDTH
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore.entries import Entries, provable
from custodiet.logstore.hashing import tile_roots
from custodiet.logstore.layout import stored_sizes
from custodiet.logstore.log import Log
from custodiet.logstore.rows_check import damaged
from custodiet.logstore.static_folder import StaticFolder
from custodiet.logstore.workshop import Told, unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was exported."""

    origin: str
    size: int
    root: bytes
    before: int  # entries that the folder's checkpoint covered before
    minimum_index: int  # below it bundles are left out, whose entries were dropped
    written: int  # files
    kept: int  # files that an export which was cut short had left, and that were found right


def export_static(
    log: Log, salts: SaltSource, verifier: Verifier, folder: StaticFolder, told: Told = unheard
) -> Exported:
    """Make the folder an export of the log, and return what was done.

    `told` hears of how many new entries out of how many are exported. Raises Refused if the folder holds something
    else, and VerificationFailed if it holds another history of this log, or the log is not what was signed.
    """
    log = provable(log, salts)
    log = provable(log, salts)
    if log.levels.root(log.size) != log.root:
        raise VerificationFailed(
            f"The hashes on the disk do not give the root signed at {log.size}; nothing was exported."
        )
    with folder.writing():
        export = _Export(log, salts, folder, _covered(log, verifier, folder))
        written = sum(1 for _ in export.written(told))
        if export.minimum_index:
            folder.write(MINIMUM_INDEX, f"{export.minimum_index}\n".encode())
        folder.publish(_note(log))
    return Exported(
        origin=log.checkpoint.origin,
        size=log.size,
        root=log.root,
        before=export.before,
        minimum_index=export.minimum_index,
        written=written,
        kept=export.kept,
    )


class _Export:
    def __init__(self, log: Log, salts: SaltSource, folder: StaticFolder, before: int) -> None:
        self._log, self._folder, self._levels = log, folder, log.levels
        self._entries = Entries(log, salts)
        self.before, self.kept = before, 0
        self._pruned = frozenset(
            number
            for each in log.manifest.dropped()
            for number in range(each.start // TILE_WIDTH, -(-each.end // TILE_WIDTH))
        )

    @property
    def minimum_index(self) -> int:
        """Return the end of the last bundle that cannot be made because entries of it were dropped; 0 if all can be."""
        return min((max(self._pruned, default=-1) + 1) * TILE_WIDTH, self._log.size)

    def written(self, told: Told) -> Iterator[StaticFile]:
        """Write what the folder lacks, and yield each file that was."""
        for file in self._bundles(told):
            yield file
        for file in tiles(self._log.size, self.before):
            if self._put(file, self._hashes(file)):
                yield file
        for file, data in self._partials():
            if self._put(file, data):
                yield file

    def _bundles(self, told: Told) -> Iterator[StaticFile]:
        made: Iterator[bytes] = iter(())
        at = -1  # the index of the first entry still to come from it
        for file in bundles(self._log.size, self.before):
            end = file.start + file.width
            if file.number in self._pruned:
                pass
            elif self._has_bundle(file):
                self.kept += 1
            else:
                if at != file.start:
                    made = self._entries.between(file.start, self._log.size)
                own = list(islice(made, file.width))
                self._check(file, own)
                self._folder.write(file.path, bundle_of(own))
                at = end
                yield file
            told(end - self.before, self._log.size - self.before)

    def _has_bundle(self, file: StaticFile) -> bool:
        """Tell whether the bundle is there and whole; raises Refused if it is whole and of another log."""
        data = self._folder.read(file.path)
        try:
            found = None if data is None else entries_in(data, file.width)
        except BadInput:
            return False  # cut short
        if found is not None and first_unequal(b"".join(map(leaf_hash, found)), self._hashes(file)) is not None:
            raise _of_another(self._folder, file)
        return found is not None

    def _check(self, file: StaticFile, own: list[bytes]) -> None:
        """Return if the entries are those that the tree was made of: damage is found before it is published."""
        leaves = b"".join(map(leaf_hash, own))
        place = first_unequal(leaves, self._hashes(file))
        if place is None and file.width == TILE_WIDTH and tile_roots(leaves) != self._levels.read(1, file.number, 1):
            place = 0  # a lean log makes the hashes from the rows, too: its stored root is what they are held to
        if place is not None:
            index = file.start + place
            said = "This row, or one of those after it in its tile, does not give the entry whose hash is stored."
            raise damaged(self._log.manifest.holding(index), index, said)

    def _put(self, file: StaticFile, data: bytes) -> bool:
        """Write the file unless it is there; raises Refused if something else is, and is not merely cut short."""
        found = self._folder.read(file.path)
        if found == data:
            self.kept += 1
            return False
        if found is not None and len(found) >= len(data):
            raise _of_another(self._folder, file)
        self._folder.write(file.path, data)
        return True

    def _hashes(self, file: StaticFile) -> bytes:
        return self._levels.read(file.level or 0, file.start, file.width)

    def _partials(self) -> Iterator[tuple[StaticFile, bytes]]:
        """Yield the partial files of the sizes committed since, of which no full one holds the hashes and entries."""
        now = {(file.level, file.number): file.width for file in partial_files(self._log.size)}
        sizes = (each for each in stored_sizes(self._log.layout.checkpoints) if self.before < each < self._log.size)
        for file in dict.fromkeys(file for size in sizes for file in partial_files(size)):
            left_out = file.level is None and file.number in self._pruned
            if file.width < now.get((file.level, file.number), 0) and not left_out:
                yield file, self._hashes(file) if file.level is not None else self._first_entries(file, now)

    def _first_entries(self, file: StaticFile, now: dict[tuple[int | None, int], int]) -> bytes:
        width = now[None, file.number]
        data = self._folder.read(StaticFile(None, file.number, width).path)
        assert data is not None  # it was written, or found right, before
        return bundle_of(entries_in(data, width)[: file.width])


def _covered(log: Log, verifier: Verifier, folder: StaticFolder) -> int:
    """Return how many entries of the log the folder's checkpoint says are there; raises Refused or VerificationFailed."""
    note = folder.read(CHECKPOINT)
    if note is None:
        if folder.others():
            said = f"{folder.folder} holds other things ({folder.others()[0]}): export into a folder of its own."
            raise Refused(said)
        return 0
    origin = unverified(note).origin
    if origin != log.checkpoint.origin:
        raise Refused(f"{folder.folder} holds an export of the log {origin}, not of {log.checkpoint.origin}.")
    earlier = verified(note, verifier)
    if earlier.size > log.size:
        raise VerificationFailed(
            f"The export holds {earlier.size} entries and the log {log.size}: the log was set back, or is another."
        )
    if log.root_at(earlier.size) != earlier.root:
        raise VerificationFailed(f"The export is of another history of this log. {_difference(log, earlier, folder)}")
    return earlier.size


def _difference(log: Log, earlier: Checkpoint, folder: StaticFolder) -> str:
    hashes, levels = StaticHashes(folder, earlier.size), log.levels
    try:
        for start, count in tiles_of(earlier.size):
            place = first_unequal(hashes.read(0, start, count), levels.read(0, start, count))
            if place is not None:
                return f"The first entry in which they differ is {start + place}."
    except LogDamaged as error:
        return str(error)
    return "Their tiles do not differ: the export's checkpoint is not that of its tiles."


def _of_another(folder: StaticFolder, file: StaticFile) -> Refused:
    return Refused(f"{folder.folder / file.path} is not of this log: export into a folder of its own.")


def _note(log: Log) -> bytes:
    """Return the signed checkpoint of the log's size, with all signatures that it has by now."""
    path = log.layout.past_checkpoint(log.size)
    data = path.read_bytes() if path.exists() else log.layout.checkpoint.read_bytes()
    if unverified(data) != log.checkpoint:
        raise VerificationFailed(f"The signed checkpoint of {log.size} entries is not at hand; export again.")
    return data
