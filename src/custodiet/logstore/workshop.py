"""Chunks of rows turned into leaf hashes, several side by side: what a writer does and a verifier does again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import pyarrow as pa

from custodiet.ledger.entry_types import EntryType
from custodiet.ledger.ports import SaltSource
from custodiet.logstore.arrow import compute
from custodiet.logstore.encoding import Encoder
from custodiet.logstore.hashing import Hasher
from custodiet.logstore.layout import seed_context
from custodiet.logstore.ordered import ordered, workers
from custodiet.logstore.spans import Span
from custodiet.logstore.values import check_values

#: Hears how many rows are done, and of how many.
Told = Callable[[int, int], None]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a chunk came to."""

    chunk: Chunk
    leaves: bytes  # leaf hashes, end to end
    altered_original: int | None = None  # the first row whose original is not the one that its entry binds
    without_original: int = 0
    first_without: int | None = None  # the first row whose original is not held


class Workshop:
    """Threads that encode and hash, each with its own hasher."""

    def __init__(self, salts: SaltSource, origin: str) -> None:
        """Open the workshop for the log of that origin; threads begin when there is work."""
        self._salts, self._origin = salts, origin
        self._pool = ThreadPoolExecutor(workers(), thread_name_prefix="seal")
        self._own = threading.local()
        self._hashers: list[Hasher] = []

    def __enter__(self) -> Self:
        """Return the workshop itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the threads once they have finished what they are at."""
        self._pool.shutdown(cancel_futures=True)
        for hasher in self._hashers:
            hasher.close()

    def sealed(self, chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Yield the result of each chunk in order; raises BadInput for a value that cannot be entered."""
        return ordered(self._seal, chunks, self._pool)

    def reread(self, chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Yield the result of each chunk in order, whatever its rows hold, with their originals looked at."""
        return ordered(self._reread, chunks, self._pool)

    def _seal(self, chunk: Chunk) -> Result:
        check_values(chunk.rows, chunk.entry_type.relation.columns)
        return Result(chunk=chunk, leaves=self._leaves(chunk))

    def _reread(self, chunk: Chunk) -> Result:
        leaves = self._leaves(chunk)
        if "original" not in chunk.rows.schema.names:
            return Result(chunk=chunk, leaves=leaves)
        originals, bound = chunk.rows.column("original"), chunk.rows.column("original_digest")
        altered = compute.index(compute.not_equal(self._hasher().hex_digests(originals), bound), value=True).as_py()
        return Result(
            chunk=chunk,
            leaves=leaves,
            altered_original=None if altered < 0 else altered,
            without_original=originals.null_count,
            first_without=compute.index(compute.is_null(originals), value=True).as_py()
            if originals.null_count
            else None,
        )

    def _leaves(self, chunk: Chunk) -> bytes:
        encoder = Encoder(chunk.entry_type, self._hasher())
        salts = self._salts.salts(
            chunk.sealed,
            seed_context(self._origin, chunk.span.start, chunk.span.end),
            start=chunk.start,
            count=chunk.rows.num_rows,
            groups=len(chunk.entry_type.groups),
        )
        return encoder.leaf_hashes(chunk.rows, salts)

    def _hasher(self) -> Hasher:
        if not hasattr(self._own, "hasher"):
            self._own.hasher = Hasher()
            self._hashers.append(self._own.hasher)
        hasher: Hasher = self._own.hasher
        return hasher
