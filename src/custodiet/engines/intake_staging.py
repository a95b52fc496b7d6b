"""Staging in DuckDB: one delivery is mapped, identified, judged against what is known and laid out as Parquet chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.engines.intake_ahead import ahead
from custodiet.engines.intake_quarantine import QuarantineWriter
from custodiet.engines.intake_told import told_tables
from custodiet.engines.mapping import Mapper
from custodiet.ingest.delivery import MOST_LISTED, Gap, Heard, Silence
from custodiet.ingest.identity import identified
from custodiet.ingest.mapping import Mapping
from custodiet.ingest.ports import NotAudit, RawBatch, SourceRecord
from custodiet.ingest.staging import Label, Staged
from custodiet.model.deliveries import Counts
from custodiet.relations import stored
from custodiet.relations.query import Query
from custodiet.relations.relation import Relation

_KEYS = ("position", "part", "identity", "content")
_NO_KNOWN = pa.table({"identity": pa.array([], pa.binary()), "content": pa.array([], pa.binary())})


def _sql(name: str) -> Query:
    return Query("custodiet.ingest", f"{name}.sql")


class DuckStager:
    """Stages deliveries in a folder of their own; `progress` hears how many records were staged so far."""

    def __init__(self, folder: Path, progress: Callable[[int], None] | None = None, threads: int | None = None) -> None:
        self._folder, self._progress, self._threads = folder, progress or (lambda _: None), threads

    def mapped(self, batches: Iterator[RawBatch], mapping: Mapping, label: Label, known: Sequence[Path]) -> Staged:
        """Return the staged delivery of a file that a mapping reads."""
        relation = stored.ACCESS if mapping.target.is_access else stored.FACT
        with self._session(label) as session:
            work = _Work(session, relation, self._folder / label.delivery, label)
            mapper = Mapper(mapping, session)
            for batch in ahead(_whole(batches) if mapping.changes is not None else batches):
                work.unreadable(batch)
                raw = pa.table(batch.table)
                if raw.num_rows:
                    mapper.map(raw, "mapped")
                    work.take(raw.num_rows, with_heard=mapping.target.is_access)
                self._progress(work.received)
            return work.finish(known, mapping.sequence.rhythm, numbered=mapping.sequence.field is not None)

    def told(self, records: Iterator[SourceRecord | NotAudit], label: Label, known: Sequence[Path]) -> Staged:
        """Return the staged delivery of a source with a parser of its own."""
        with self._session(label) as session:
            work = _Work(session, stored.ACCESS, self._folder / label.delivery, label)
            for chunk in ahead(told_tables(records)):
                work.told(chunk.not_audit, chunk.faulty)
                if chunk.records:
                    session.create_table("mapped", _bound(session, chunk.table))
                    work.take(chunk.records, with_heard=True)
                self._progress(work.received)
            return work.finish(known, None, numbered=False)

    def _session(self, label: Label) -> Session:
        scratch = self._folder / label.delivery / "scratch"
        return Session(scratch=scratch, threads=self._threads, memory="700MB")


def _bound(session: Session, table: pa.Table) -> exp.Select:
    session.bind_arrow("told", table)
    return exp.select("*").from_("told")


def _whole(batches: Iterator[RawBatch]) -> Iterator[RawBatch]:
    """Yield the file as one batch: a change can only be judged beside all others."""
    read = list(batches)
    tables = [pa.table(batch.table) for batch in read]
    unreadable = tuple(record for batch in read for record in batch.unreadable)
    filled = [table for table in tables if table.num_rows] or tables[:1]
    if filled:
        not_audit = sum(batch.not_audit for batch in read)
        yield RawBatch(table=pa.concat_tables(filled), unreadable=unreadable, not_audit=not_audit)


class _Work:
    """One delivery while it is staged."""

    def __init__(self, session: Session, relation: Relation, folder: Path, label: Label) -> None:
        self._session, self._relation, self._folder, self._label = session, relation, folder, label
        folder.mkdir(parents=True, exist_ok=True)
        self._quarantine = QuarantineWriter(folder / "quarantine.parquet", label)
        self._id_field = "source_event_id" if relation is stored.ACCESS else "source_fact_id"
        self._chunks: list[Path] = []
        self._keys: list[pa.Table] = []
        self._heard: list[pa.Table] = []
        self.received, self._sound, self._yielded, self._not_audit = 0, 0, 0, 0

    def unreadable(self, batch: RawBatch) -> None:
        """Count what is no record and keep what could not be cut into fields."""
        self._not_audit += batch.not_audit
        self._quarantine.add_unreadable(batch.unreadable)
        self.received += len(batch.unreadable)

    def told(self, not_audit: int, faulty: pa.Table) -> None:
        """Count what is no record and keep what the source's parser could not read."""
        self._not_audit += not_audit
        self._quarantine.add(faulty)
        self.received += faulty.num_rows

    def take(self, records: int, *, with_heard: bool) -> None:
        """Judge the rows in `mapped`, which came from so many records, and lay the sound ones out as a chunk."""
        speaking, faulty = self._session.rows(_sql("records"))[0]
        self._not_audit += records - speaking
        self.received += speaking
        self._sound += speaking - faulty
        below: exp.Expression = exp.to_table("mapped")
        if faulty:
            self._quarantine.add(self._session.arrow(_sql("faulty")))
            self._session.create_table("sound", _sql("sound"))
            below = exp.to_table("sound")
        if with_heard:
            self._heard.append(self._session.arrow(exp.select("sequence", "occurred_at").from_("mapped")))
        if speaking > faulty:
            self._lay_out(below)

    def _lay_out(self, below: exp.Expression) -> None:
        rows = identified(self._relation, self._label.source, self._label.delivery, below)
        chunk = self._session.arrow(rows.order_by("position", "part"))
        number = len(self._chunks)
        keys = chunk.select(_KEYS)
        keys = keys.append_column("has_id", chunk.column(self._id_field).is_valid())
        self._keys.append(keys.append_column("chunk", pa.array([number] * keys.num_rows, pa.int32())))
        self._yielded += chunk.num_rows
        self._chunks.append(self._write(chunk, f"chunk-{number:05d}.parquet"))

    def _write(self, rows: pa.Table, name: str) -> Path:
        path = self._folder / name
        pq.write_table(rows, path, compression="lz4", use_dictionary=False, write_statistics=False)
        return path

    def finish(self, known: Sequence[Path], rhythm: timedelta | None, *, numbered: bool) -> Staged:
        """Return the delivery as it stands against what is known."""
        conflicts, duplicates, left_out = self._judge(known) if self._keys else (0, 0, 0)
        path = self._quarantine.close()
        reasons = self._quarantine.reasons
        counts = Counts(
            received=self.received,
            accepted=self._sound - conflicts - duplicates,
            duplicate=duplicates,
            quarantined=sum(reason.records for reason in reasons),
            not_audit=self._not_audit,
            yielded=self._yielded - left_out,
        )
        typ = "access/1" if self._relation is stored.ACCESS else "fact/1"
        heard = self._hear(rhythm, numbered=numbered)
        chunks = tuple(self._chunks)
        return Staged(typ=typ, chunks=chunks, quarantine=path, counts=counts, reasons=reasons, heard=heard)

    def _judge(self, known: Sequence[Path]) -> tuple[int, int, int]:
        """Take out duplicates and conflicts; return how many records these are, and how many rows were left out."""
        self._session.bind_arrow("keys", pa.concat_tables(self._keys))
        if known:
            self._session.bind_parquet("known", known)
        else:
            self._session.bind_arrow("known", _NO_KNOWN)
        self._session.create_table("repeats", _sql("repeats"))
        self._session.create_table("all_verdicts", _sql("verdicts"), {"source": self._label.source})
        touched = self._session.rows(exp.select("chunk").distinct().from_("all_verdicts").order_by("chunk"))
        if not touched:
            return 0, 0, 0
        self._session.create_view("verdicts", exp.select("*").from_("all_verdicts"))
        conflicts, duplicates = self._session.rows(_sql("outcomes"))[0]
        left_out = sum(self._rewrite(number) for (number,) in touched)
        self._chunks = [path for path in self._chunks if path.exists()]
        return conflicts, duplicates, left_out

    def _rewrite(self, number: int) -> int:
        """Write the chunk again without what does not go in; return how many rows were left out."""
        path = self._chunks[number]
        self._session.bind_parquet("chunk", [path])
        self._quarantine.add(self._session.arrow(_sql("conflicts")))
        kept = self._session.arrow(_sql("kept"))
        before = self._keys[number].num_rows
        path.unlink()
        if kept.num_rows:
            self._write(kept, path.name)
        return before - kept.num_rows

    def _hear(self, rhythm: timedelta | None, *, numbered: bool) -> Heard:
        """Return what sequence and rhythm show, as far as the mapping asks for them."""
        if not self._heard:
            return Heard()
        self._session.bind_arrow("heard", pa.concat_tables(self._heard))
        first, last, first_at, last_at = self._session.rows(_sql("bounds"))[0]
        before = {"last": self._label.last_sequence}
        gaps = self._session.rows(_sql("gaps"), before) if numbered else []
        silences = self._session.rows(_sql("silences"), self._rhythm(rhythm)) if rhythm is not None else []
        return Heard(
            first_sequence=first,
            last_sequence=last,
            first_at=_utc(first_at),
            last_at=_utc(last_at),
            gaps=tuple(Gap(first=low, last=high) for low, high in gaps[:MOST_LISTED]),
            missing=sum(high - low + 1 for low, high in gaps),
            silences=tuple(Silence(after=_aware(a), before=_aware(b)) for a, b in silences[:MOST_LISTED]),
            silence_count=len(silences),
        )

    def _rhythm(self, rhythm: timedelta) -> dict[str, object]:
        last_at = self._label.last_at
        last = None if last_at is None else last_at.astimezone(UTC).replace(tzinfo=None)
        return {"rhythm": rhythm // timedelta(microseconds=1), "last": last}


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else _aware(instant)


def _aware(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC)
