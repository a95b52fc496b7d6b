"""A log as evidence is taken from it: entries, proofs, and the checkpoint that vouches for them best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import unverified
from custodiet.ledger.note import Note
from custodiet.ledger.ports import SaltSource
from custodiet.ledger.range_proof import range_proof
from custodiet.ledger.tiles import nodes_from
from custodiet.logstore.cosigned import Witnesses
from custodiet.logstore.entries import Entries, Opened
from custodiet.logstore.layout import stored_sizes
from custodiet.logstore.log import Log


@dataclass(frozen=True, slots=True)
class Evidence:
    """A log at the size at which it was opened, and the witnesses of its policy."""

    log: Log
    salts: SaltSource
    witnesses: Witnesses

    @property
    def size(self) -> int:
        """Return the number of entries."""
        return self.log.size

    def typ_of(self, index: int) -> str | None:
        """Return the type of the entry; None where the log has no such entry."""
        return self.log.manifest.holding(index).typ if 0 <= index < self.size else None

    def size_of(self, *typs: str) -> int:
        """Return the size up to the last entry of these types, dropped or not; 0 where there is none."""
        return max((segment.end for segment in self.log.manifest.segments if segment.typ in typs), default=0)

    def count_of(self, typ: str, size: int) -> int:
        """Return how many entries of that type there are below the size, those dropped among them."""
        segments = (each for each in self.log.manifest.segments if each.typ == typ and each.start < size)
        return sum(min(segment.end, size) - segment.start for segment in segments)

    def opened(self, indices: Iterable[int]) -> Iterator[Opened]:
        """Yield the entries at these indices in order, each with what its digests commit to."""
        return Entries(self.log, self.salts).opened_each(indices)

    def entries(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the entries [start, end) as the bytes that were logged."""
        return Entries(self.log, self.salts).between(start, end)

    def records(self, typ: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the control entries of that type with their indices."""
        return self.log.records(typ)

    def note(self, covering: int) -> bytes:
        """Return the newest checkpoint of at least that size that a quorum vouches for, or else the newest; as it is kept."""
        return next((note for note in self._notes(covering) if self._is_vouched_for(note)), self._newest())

    def _notes(self, covering: int) -> Iterator[bytes]:
        if self.witnesses.verifiers:
            layout = self.log.layout
            sizes = [size for size in stored_sizes(layout.checkpoints) if covering <= size <= self.size]
            yield from (layout.past_checkpoint(size).read_bytes() for size in reversed(sizes))

    def _is_vouched_for(self, note: bytes) -> bool:
        try:
            return self.witnesses.quorum(Note.parse(note)) is not None
        except (BadInput, VerificationFailed):
            return False  # it is for verification to say so

    def inclusion_proof(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that the entry is at that index of the tree of that size."""
        return self.log.inclusion_proof(index, size)

    def range_proof(self, start: int, end: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that the entries [start, end) are those of the tree of that size; raises BadInput for no such range."""
        if not 0 <= start < end <= size:
            raise BadInput("The log has no such range of entries.", found=f"{start} to {end}", expected=f"0 to {size}")
        return range_proof(start, end, size, nodes_from(self.log.levels.read))

    def _newest(self) -> bytes:
        """Return the checkpoint of this snapshot, with what was added to it since."""
        layout = self.log.layout
        for path in (layout.past_checkpoint(self.size), layout.checkpoint):
            note = path.read_bytes() if path.exists() else b""
            if note and unverified(note) == self.log.checkpoint:
                return note
        raise BadInput("A writer committed meanwhile; ask again.")
