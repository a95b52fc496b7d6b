"""One batch of a delivery at work: its sound rows become a Parquet chunk, the rest goes to quarantine or is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from custodiet.engines.duckdb import Session
from custodiet.ingest.identity import PROBLEM_COLUMNS
from custodiet.ingest.ports import RawBatch, Unreadable
from custodiet.relations import stored
from custodiet.relations.relation import Relation

#: What de-duplication needs of each row, so that the rows themselves can rest on disk.
KEYS = ("position", "part", "identity", "content")
_HEARD = ("sequence", "occurred_at")
#: Text columns with so many different values that a dictionary of them would only cost.
_VARIED = frozenset({"original_digest", "occurred_at_text", "source_event_id", "source_fact_id", "record", "subject"})


class RowMaker(Protocol):
    """Makes stored rows, with the first problem of each behind them, from the table of a batch."""

    @property
    def relation(self) -> Relation:
        """Return the stored relation that the rows are of."""

    def rows(self, session: Session, table: pa.Table) -> pa.Table:
        """Return the rows in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some records of a delivery, in the order of their numbers."""

    number: int
    table: pa.Table
    records: int
    not_audit: int
    unreadable: Sequence[Unreadable] = ()
    faulty: pa.Table | None = None  # records that their source's own parser could not read


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What became of one batch."""

    batch: Batch
    path: Path | None = None  # None where no row is sound
    keys: pa.Table | None = None  # of the sound rows
    faulty: pa.Table | None = None  # one row for each record that the mapping could not read
    heard: pa.Table | None = None  # sequence and moment of every access, sound or not
    speaking: int = 0  # records that state something


def raw_batches(batches: Iterator[RawBatch]) -> Iterator[Batch]:
    """Yield what a reader cut, numbered."""
    last = 0
    for number, batch in enumerate(batches):
        table = pa.table(batch.table)
        last = last_position(table.column(0).to_numpy(), last)
        yield Batch(
            number=number,
            table=table,
            records=table.num_rows,
            not_audit=batch.not_audit,
            unreadable=batch.unreadable,
        )


def one_batch(batches: Iterator[RawBatch]) -> Iterator[RawBatch]:
    """Yield the whole file as one batch: a change can only be judged beside all others."""
    read = list(batches)
    tables = [pa.table(batch.table) for batch in read]
    if read:
        yield RawBatch(
            table=pa.concat_tables(
                [table for table in tables if table.num_rows] or tables[:1], promote_options="default"
            ),
            unreadable=tuple(record for batch in read for record in batch.unreadable),
            not_audit=sum(batch.not_audit for batch in read),
        )


def last_position(positions: Sequence[int] | np.ndarray[Any, Any], before: int) -> int:
    """Return the position of the last record; ValueError if two records have one position, or one is out of order.

    Position and part tell rows apart in all that follows: records that shared a position would be lost with one another.
    """
    if len(positions) == 0:
        return before
    if (np.diff(positions, prepend=before) <= 0).any():
        msg = "a reader gave two records one position, or gave them out of order"
        raise ValueError(msg)
    return int(positions[-1])


class Bench:
    """Sessions for several batches at once. They are made when they are first needed, and serve one delivery after another."""

    def __init__(self, scratch: Path, workers: int) -> None:
        self._scratch, self._wanted = scratch, workers
        self._sessions: list[Session] = []
        self._free: SimpleQueue[Session] = SimpleQueue()
        self._making = Lock()

    def close(self) -> None:
        """Close the sessions; no batch is at work any more."""
        for session in self._sessions:
            session.close()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Lend a session to one worker."""
        session = self._taken()
        try:
            yield session
        finally:
            self._free.put(session)

    def _taken(self) -> Session:
        with self._making:
            if self._free.empty() and len(self._sessions) < self._wanted:
                scratch = self._scratch / f"worker-{len(self._sessions)}"
                self._sessions.append(Session(threads=1, memory="400MB", scratch=scratch))
                return self._sessions[-1]
        return self._free.get()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is done with each batch of one delivery."""

    bench: Bench
    maker: RowMaker
    delivery: str
    folder: Path  # that the chunks are laid in

    def chunk(self, batch: Batch) -> Chunk:
        """Return what became of the batch, whose sound rows are on disk then."""
        if batch.records == 0:
            return Chunk(batch=batch)
        with self.bench.session() as session:
            rows = self.maker.rows(session, batch.table)
        rows = _of_delivery(rows, self.delivery)
        is_access = self.maker.relation is stored.ACCESS
        sound, faulty, speaking = split(rows, batch.records)
        return Chunk(
            batch=batch,
            path=write_chunk(sound, self.folder / f"chunk-{batch.number:05d}.parquet") if sound.num_rows else None,
            keys=_keys(sound, "source_event_id" if is_access else "source_fact_id", batch.number),
            faulty=faulty,
            heard=_copied(rows.select(_HEARD)) if is_access else None,
            speaking=speaking,
        )


def _of_delivery(rows: pa.Table, delivery: str) -> pa.Table:
    """Return the rows under the delivery's name; the query leaves it open, since it serves many deliveries."""
    at = rows.schema.get_field_index("delivery")
    return rows.set_column(at, "delivery", pa.repeat(pa.scalar(delivery, pa.string()), rows.num_rows))


def split(rows: pa.Table, records: int) -> tuple[pa.Table, pa.Table, int]:
    """Return the sound rows, the first problem of each faulty record, and how many of the records state something.

    If one part of a record cannot be read, none of it is sound.
    """
    in_parts = rows.num_rows != records or int(pc.max(rows.column("part")).as_py() or 0) > 0
    speaking = int(pc.count_distinct(rows.column("position")).as_py()) if in_parts else records
    bare = list(PROBLEM_COLUMNS)
    if rows.column("problem").null_count == rows.num_rows:
        return rows.drop_columns(bare), rows.slice(0, 0), speaking
    faulty = rows.filter(pc.is_valid(rows.column("problem")))
    refused = pc.is_in(rows.column("position"), value_set=faulty.column("position").combine_chunks())
    sound = rows.filter(pc.invert(refused)).drop_columns(bare)
    return sound, _first_of_each(faulty) if in_parts else faulty, speaking


def _first_of_each(faulty: pa.Table) -> pa.Table:
    """Return the first row of each record; the rows are in order."""
    positions = faulty.column("position").to_pylist()
    return faulty.take([n for n, position in enumerate(positions) if n == 0 or positions[n - 1] != position])


def _keys(rows: pa.Table, id_field: str, number: int) -> pa.Table:
    keys = rows.select(KEYS).append_column("has_id", rows.column(id_field).is_valid())
    return _copied(keys.append_column("chunk", pa.array(np.full(rows.num_rows, number, np.int32))))


def _copied(table: pa.Table) -> pa.Table:
    """Return the table in memory of its own: a few columns would keep all columns of the engine's result alive."""
    return table.take(np.arange(table.num_rows))


def write_chunk(rows: pa.Table, path: Path) -> Path:
    """Write rows to rest until they are sealed: fast, not small."""
    repeating = [field.name for field in rows.schema if pa.types.is_string(field.type) and field.name not in _VARIED]
    options: dict[str, Any] = {"use_dictionary": repeating}  # the stubs know true and false alone
    with pq.ParquetWriter(path, rows.schema, compression="none", write_statistics=False, **options) as writer:
        writer.write_table(rows)
    return path
