"""What the use cases need from the outside. `bootstrap` alone says what stands behind each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from custodiet.model.looks import Deed
from custodiet.relations.query import Query


class Told(Protocol):
    """Is told how far a stage of long work has come."""

    def __call__(self, stage: str, done: int, total: int | None, /) -> None:
        """Hear that `done` of `total` (None: unknown) units of the stage are done."""


def unheard(stage: str, done: int, total: int | None, /) -> None:
    """Nobody is told."""


class LedgerReader(Protocol):
    """A snapshot of the ledger."""

    @property
    def size(self) -> int:
        """Return the number of entries."""

    def size_of(self, typs: Sequence[str]) -> int:
        """Return the size up to the last entry of these types; 0 where there is none."""

    def root_at(self, size: int) -> bytes:
        """Return the root hash at an earlier size."""

    def last_erasure(self) -> int:
        """Return the size up to the last record under which something was erased or dropped; 0 where nothing was."""

    def gone_since(self, size: int) -> Sequence[str]:
        """Return, in words, what was erased or dropped of the entries below the size, under records at or above it."""

    def accesses_gone(self, size: int) -> int:
        """Return how many accesses below the size no audit can use, since they were redacted or dropped."""

    def absent(self, size: int) -> Sequence[int]:
        """Return the entries below the size of which too much was erased for an audit to use them."""

    def segments(self, typ: str, size: int | None = None) -> Sequence[Path]:
        """Return the Parquet files of one type of entry, in order."""

    def records(self, typ: str, size: int | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the control entries of one type with their indices."""


class LedgerWriter(Protocol):
    """An open append; leaving it without a commit leaves the ledger as it was."""

    def append_table(self, typ: str, path: Path) -> None:
        """Append staged rows."""

    def append_records(self, typ: str, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Append control entries."""

    def append_deeds(self, deeds: Sequence[Deed]) -> None:
        """Append looks and acts of principals."""

    def commit(self) -> object:
        """Make everything appended visible and durable at once; returns the checkpoint."""


class Ledger(Protocol):
    """The ledger of a vault: read without waiting, written by one at a time."""

    def read(self) -> LedgerReader:
        """Return a snapshot."""

    def write(self) -> AbstractContextManager[LedgerWriter]:
        """Return the one writer; raises Locked while another process writes."""


class Relations(Protocol):
    """The relations of a run, ready to be asked."""

    def rows(self, query: Query, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Return the query's rows."""
