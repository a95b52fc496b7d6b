"""A log on the disk, as its readers see it: a snapshot at the size of one checkpoint, which no writer disturbs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from custodiet.errors import BadInput
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.ports import SaltSource, Signer, Verifier
from custodiet.ledger.proof import consistency_proof, inclusion_proof
from custodiet.ledger.tiles import nodes_from
from custodiet.logstore.appender import Appender
from custodiet.logstore.control_entries import read_records
from custodiet.logstore.layout import Layout
from custodiet.logstore.levels import LeafMaker, Levels
from custodiet.logstore.state import read_state


@dataclass(frozen=True, slots=True)
class Log:
    """A log at the size that it had when it was opened."""

    layout: Layout
    checkpoint: Checkpoint
    manifest: Manifest
    made: LeafMaker | None = None  # makes leaf hashes that a lean log has left out; see `entries.provable`

    @classmethod
    def create(cls, folder: Path, *, origin: str, signer: Signer, salts: SaltSource) -> Log:
        """Make a new log, whose first entries are the schema records of its entry types and its key."""
        with Appender(Layout(folder), signer, salts, new_origin=origin) as appender:
            appender.append_records("schema/1", [each.schema_record() for each in ENTRY_TYPES.values()])
            appender.append_records("key/1", [{"typ": "key/1", "vkey": signer.verifier.key.text, "from": 0}])
            appender.commit()
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path, verifier: Verifier | None = None) -> Log:
        """Return the log as it is now; with a verifier, the checkpoint's signature has been checked."""
        layout = Layout(folder)
        checkpoint, manifest = read_state(layout, verifier)
        return cls(layout, checkpoint, manifest)

    @property
    def size(self) -> int:
        """Return the number of entries."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """Return the root of the tree."""
        return self.checkpoint.root

    @property
    def levels(self) -> Levels:
        """Return the stored hashes."""
        return Levels(self.layout, self.made)

    def root_at(self, size: int) -> bytes:
        """Return the root of the tree when it had that size."""
        self._check_size(size)
        return self.levels.root(size)

    def segments(self, typ: str, size: int | None = None) -> list[Path]:
        """Return the Parquet files with the rows of that type, in whichever version of it each was written.

        For an earlier size, rows at or above it are in them too. Each file has the column `index` and, for entries with
        commitments, the columns that the stored relation had in the version of the file.
        """
        return [self.layout.segment(segment) for segment in self.manifest.versions_of(typ, size)]

    def records(self, typ: str, size: int | None = None) -> Iterator[tuple[int, dict[str, object]]]:
        """Yield the control entries of exactly that type below the size, with their indices."""
        limit = self.size if size is None else size
        for segment in self.manifest.of(typ, size):
            yield from ((index, body) for index, body in read_records(self.layout.segment(segment)) if index < limit)

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the proof that the entry is at that index of the tree of that size (default: all)."""
        limit = self.size if size is None else size
        self._check_size(limit)
        return inclusion_proof(index, limit, nodes_from(self.levels.read))

    def consistency_proof(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """Return the proof that the tree of the new size (default: all) is that of the old size with entries added."""
        limit = self.size if new is None else new
        self._check_size(limit)
        return consistency_proof(old, limit, nodes_from(self.levels.read))

    def appender(self, signer: Signer, salts: SaltSource) -> Appender:
        """Return what adds entries behind the newest checkpoint on the disk; this snapshot stays as it is."""
        return Appender(self.layout, signer, salts)

    def _check_size(self, size: int) -> None:
        if not 0 <= size <= self.size:
            raise BadInput(f"The log has {self.size} entries.", found=f"size {size}")
