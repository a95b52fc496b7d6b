"""Chunks of rows turned into leaf hashes, several side by side: what a writer does and a verifier does again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from custodiet.ledger.entry_types import EntryType
from custodiet.ledger.ports import SaltSource
from custodiet.logstore.crew import Crew
from custodiet.logstore.encoding import Kept
from custodiet.logstore.erased_rows import first_without_original, still_held_in
from custodiet.logstore.layout import seed_context
from custodiet.logstore.ordered import ordered, workers
from custodiet.logstore.spans import Span
from custodiet.logstore.tasks import Raising, Rereading, Sealing, Task
from custodiet.logstore.values import check_values

#: Hears how many rows are done, and of how many.
Told = Callable[[int, int], None]

#: So much is done in this process before others are started: a start costs as much as the work on this.
_FEW_BYTES = 50_000_000


def unheard(done: int, total: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Rows that follow one another, the index of the first, and their segment with its sealed seed."""

    entry_type: EntryType
    rows: pa.RecordBatch
    start: int
    span: Span
    sealed: bytes
    kept: Kept = field(default_factory=dict)  # of groups that were erased


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a chunk came to."""

    chunk: Chunk
    leaves: bytes  # leaf hashes, end to end
    altered_original: int | None = None  # the first row whose original is not the one that its entry binds
    without_original: int = 0
    first_without: int | None = None  # the first row whose original is not held though nothing of it was erased
    still_held: tuple[int, str] | None = None  # a row and the group of it that was erased and has values


class Workshop:
    """Threads that encode and hash, each with a process to do it once there is much of it."""

    def __init__(self, salts: SaltSource, origin: str) -> None:
        """Open the workshop for the log of that origin; threads and processes begin when there is work."""
        self._salts, self._origin = salts, origin
        self._pool = ThreadPoolExecutor(workers(), thread_name_prefix="seal")
        self._crew = Crew()
        self._taken = 0

    def __enter__(self) -> Self:
        """Return the workshop itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the threads and processes once they have finished what they are at."""
        self._pool.shutdown(cancel_futures=True)
        self._crew.close()

    def sealed(self, chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Yield the result of each chunk in order; raises BadInput for a value that cannot be entered."""
        return ordered(self._seal, chunks, self._pool)

    def reread(self, chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Yield the result of each chunk in order, whatever its rows hold, with their originals looked at."""
        return ordered(self._reread, chunks, self._pool)

    def raised(self, tiles: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the roots of each run of full tiles, in order."""
        return ordered(self._raise, tiles, self._pool)

    def _seal(self, chunk: Chunk) -> Result:
        beside = chunk.entry_type.beside
        check_values(chunk.rows, beside)
        rows = chunk.rows.drop_columns([column.name for column in beside])
        leaves = self._done(Sealing(chunk.entry_type.typ, rows, self._salts_of(chunk)), rows.nbytes)
        return Result(chunk=chunk, leaves=leaves)

    def _reread(self, chunk: Chunk) -> Result:
        leaves, altered = self._done(
            Rereading(chunk.entry_type.typ, chunk.rows, self._salts_of(chunk), chunk.kept), chunk.rows.nbytes
        )
        still_held = still_held_in(chunk.rows, chunk.entry_type, chunk.kept)
        result = Result(chunk=chunk, leaves=leaves, altered_original=altered, still_held=still_held)
        if "original" not in chunk.rows.schema.names:
            return result
        originals = chunk.rows.column("original")
        first = first_without_original(originals, chunk.kept)
        return replace(result, without_original=originals.null_count, first_without=first)

    def _raise(self, tiles: bytes) -> bytes:
        roots: bytes = self._done(Raising(tiles), len(tiles))
        return roots

    def _done(self, task: Task, size: int) -> Any:
        """Have the task done, here while there was little to do so far."""
        self._taken += size
        return task.done() if self._taken <= _FEW_BYTES or workers() == 1 else self._crew.done(task)

    def _salts_of(self, chunk: Chunk) -> bytes:
        return self._salts.salts(
            chunk.sealed,
            seed_context(self._origin, chunk.span.start, chunk.span.end, chunk.span.generation),
            start=chunk.start,
            count=chunk.rows.num_rows,
            groups=len(chunk.entry_type.groups),
        )
