"""Chunks of rows turned into leaf hashes, several side by side: what a writer does and a verifier does again."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import pyarrow as pa

from custodiet.ledger.entry_types import EntryType
from custodiet.ledger.ports import SaltSource
from custodiet.logstore.encoding import Encoder
from custodiet.logstore.hashing import Hasher
from custodiet.logstore.layout import seed_context
from custodiet.logstore.ordered import ordered, workers
from custodiet.logstore.spans import Span
from custodiet.logstore.values import check_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Rows that follow one another, the index of the first, and their segment with its sealed seed."""

    entry_type: EntryType
    rows: pa.RecordBatch
    start: int
    span: Span
    sealed: bytes


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

    def sealed(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, bytes]]:
        """Yield each chunk in order with its leaf hashes; raises BadInput for a value that cannot be entered."""
        return ordered(self._seal, chunks, self._pool)

    def hashed(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, bytes]]:
        """Yield each chunk in order with the leaf hashes that its rows give, whatever is in them."""
        return ordered(self._hash, chunks, self._pool)

    def _seal(self, chunk: Chunk) -> tuple[Chunk, bytes]:
        check_values(chunk.rows, chunk.entry_type.relation.columns)
        return self._hash(chunk)

    def _hash(self, chunk: Chunk) -> tuple[Chunk, bytes]:
        encoder = Encoder(chunk.entry_type, self._hasher())
        salts = self._salts.salts(
            chunk.sealed,
            seed_context(self._origin, chunk.span.start, chunk.span.end),
            start=chunk.start,
            count=chunk.rows.num_rows,
            groups=len(chunk.entry_type.groups),
        )
        return chunk, encoder.leaf_hashes(chunk.rows, salts)

    def _hasher(self) -> Hasher:
        if not hasattr(self._own, "hasher"):
            self._own.hasher = Hasher()
            self._hashers.append(self._own.hasher)
        hasher: Hasher = self._own.hasher
        return hasher
