"""Quarantine: records that could not be taken in, with their bytes and the reason. Nothing in it is ever changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from custodiet.ingest.envelope import Envelope
from custodiet.model.deliveries import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record in quarantine. `original`, `problem.found` and `file_name` may hold personal data: show them, never log them."""

    delivery: str
    source: str
    file_name: str
    file_digest: str
    position: int
    part: int
    original: bytes
    problem: Problem
    envelope: Envelope  # of the file it came in
    redriven_in: str | None = None  # the later delivery in which it was driven again

    @property
    def is_open(self) -> bool:
        """Tell whether the record still waits to be mended and driven again."""
        return self.redriven_in is None


class QuarantineStore(Protocol):
    """Keeps quarantined records. What belongs to a delivery that the ledger does not name is not there."""

    def forget(self, delivery: str) -> None:
        """Take away what a writer that was cut short had kept for a delivery that never came to be."""

    def publish(self, staged: Path, delivery: str) -> None:
        """Keep a staged file of records for good; it shows once the ledger names its delivery."""

    def mark_redriven(self, entries: Sequence[Entry], delivery: str) -> None:
        """Say that these records were driven again in that delivery."""

    def entries(self, committed: Collection[str]) -> Iterator[Entry]:
        """Yield the records in quarantine of these deliveries, by delivery and position."""
