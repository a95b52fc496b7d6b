"""What stands between reading and sealing: the rows of one delivery, judged and ready to be appended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from custodiet.ingest.delivery import Heard, Quarantined
from custodiet.ingest.envelope import PLAIN, Envelope
from custodiet.ingest.mapping import Mapping
from custodiet.ingest.ports import NotAudit, RawBatch, SourceRecord
from custodiet.model.deliveries import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What the rows of a delivery and its quarantine bear."""

    delivery: str
    source: str
    file_name: str  # kept in quarantine alone
    file_digest: str
    envelope: Envelope = PLAIN  # what makes a file of quarantined records, so that they can be driven again
    last_sequence: int | None = None  # of the source's delivery before
    last_at: datetime | None = None
    again: bool = False  # driven again out of quarantine: gaps between such records say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A delivery that is ready: nothing of it is in the vault yet."""

    typ: str  # access/1 or fact/1
    chunks: tuple[Path, ...]  # Parquet files of stored rows, in order, each ordered by position and part
    quarantine: Path | None
    counts: Counts
    reasons: tuple[Quarantined, ...]
    heard: Heard
    gone: int = 0  # rows of it that had been erased or dropped before, and do not come back


class Laid(Protocol):
    """A delivery that is being cut, mapped and laid out; nothing of it is judged against what is known yet."""

    @property
    def typ(self) -> str:
        """Return the type of entry that it yields."""


class Stager(Protocol):
    """Stages deliveries in two steps, so that the next ones can be laid out while one is judged."""

    def mapped(self, batches: Iterator[RawBatch], mapping: Mapping, label: Label) -> Laid:
        """Begin to lay out the delivery of a file that a mapping reads."""

    def told(self, records: Iterator[SourceRecord | NotAudit], label: Label) -> Laid:
        """Begin to lay out the delivery of a source with a parser of its own."""

    def judged(self, laid: Laid, label: Label, known: Sequence[Path]) -> Staged:
        """Return the delivery, laid out and de-duplicated against what is known; raises what its reading raised."""

    def close(self) -> None:
        """Let go of what was held for further deliveries; what is still being laid out is given up."""
