"""The ledger of a vault at one size, as its readers see it: what it holds, and what it no longer holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custodiet.ledger.index_ranges import indices_of
from custodiet.ledger.redaction import ORIGIN, TYP, Redaction, carried_out, erased_groups, redactions
from custodiet.ledger.retention import TYP as RETENTION
from custodiet.ledger.retention import Hold, holds
from custodiet.logstore.log import Log


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A log at one size."""

    log: Log

    @property
    def size(self) -> int:
        """Return the number of entries."""
        return self.log.size

    def size_of(self, typs: Sequence[str]) -> int:
        """Return the size up to the last entry of these types; 0 where there is none."""
        return max((segment.end for typ in typs for segment in self.log.manifest.versions_of(typ)), default=0)

    def places(self, typs: Sequence[str]) -> list[tuple[int, int]]:
        """Return where entries of these types stand, in whichever version, dropped ones included, as [start, end)."""
        words = {typ.partition("/")[0] for typ in typs}
        return [(each.start, each.end) for each in self.log.manifest.segments if each.typ.partition("/")[0] in words]

    def root_at(self, size: int) -> bytes:
        """Return the root hash at an earlier size."""
        return self.log.root_at(size)

    def segments(self, typ: str, size: int | None = None) -> Sequence[Path]:
        """Return the Parquet files of one type of entry, in order."""
        return self.log.segments(typ, size)

    def records(self, typ: str, size: int | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the control entries of one type with their indices."""
        return self.log.records(typ, size)

    def typ_of(self, index: int) -> str | None:
        """Return the type of the entry; None where there is none, or its rows were dropped."""
        if not 0 <= index < self.size:
            return None
        segment = self.log.manifest.holding(index)
        return segment.typ if segment.dropped is None else None

    def redactions(self) -> list[Redaction]:
        """Return all redactions, in the order in which they were proposed."""
        return list(redactions(self.records(TYP)).values())

    def path_of(self, start: int) -> Path:
        """Return the Parquet file of the segment that begins at that entry."""
        return self.log.layout.segment(self.log.manifest.holding(start))

    def holds(self) -> list[Hold]:
        """Return all holds, those released included, in the order in which they were made."""
        return list(holds(self.records(RETENTION)).values())

    def last_erasure(self) -> int:
        """Return the size up to the last record under which something was erased or dropped; 0 where nothing was."""
        dropped = (segment.dropped or 0 for segment in self.log.manifest.dropped())
        return max(
            (1 + record for record in (*(each.approval or 0 for each in self._carried_out()), *dropped)), default=0
        )

    def gone_since(self, size: int) -> list[str]:
        """Return, in words, what was erased or dropped of the entries below the size, under records at or above it."""
        told = []
        for each in self._carried_out():
            count = sum(index < size for index in each.proposal.erased())
            if (each.approval or 0) >= size and count:
                told.append(f"{count:,} of its entries {'was' if count == 1 else 'were'} {each.told}")
        dropped = (each for each in self.log.manifest.dropped() if each.start < size <= (each.dropped or 0))
        return [
            *told,
            *(f"entries {each.start} to {each.end - 1} were dropped (record {each.dropped})" for each in dropped),
        ]

    def gone_of(self, index: int) -> str | None:
        """Return, in words, what was erased of the entry, when and under what; None for one that is whole or not there."""
        if 0 <= index < self.size and self.typ_of(index) is None:
            record = self.log.manifest.holding(index).dropped
            return f"Event {index} was dropped under the retention policy (record {record}); only its hash is kept."
        for each in self._carried_out():
            groups = each.proposal.erased().get(index, frozenset())
            if groups - {ORIGIN} or (groups and index not in set(indices_of(each.proposal.along))):
                return f"Event {index} was {each.told}: {', '.join(sorted(groups))}. Its proofs stay valid."
        return None

    def accesses_gone(self, size: int) -> int:
        """Return how many accesses below the size no audit can use, since they were redacted or dropped."""
        dropped = (segment for segment in self.log.manifest.dropped() if segment.typ == "access/1")
        counts = (min(segment.end, size) - segment.start for segment in dropped if segment.start < size)
        return sum(counts) + sum(self.typ_of(index) == "access/1" for index in self.absent(size))

    def known_again(self) -> list[Path]:
        """Return the files of fingerprints of the records that are gone."""
        paths = (self.log.layout.known(segment.file) for segment in self.log.manifest.segments if segment.generation)
        return [path for path in paths if path.exists()]

    def absent(self, size: int) -> list[int]:
        """Return the entries below the size that no audit can use, since more was erased of them than an access's origin."""
        erased = erased_groups(self._carried_out())
        return sorted(
            index
            for index, groups in erased.items()
            if index < size and (groups != {ORIGIN} or self.typ_of(index) == "fact/1")
        )

    def _carried_out(self) -> list[Redaction]:
        return list(carried_out(redactions(self.records(TYP))))
