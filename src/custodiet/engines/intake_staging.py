"""Staging in DuckDB: one delivery is mapped, identified, judged against what is known and laid out as Parquet chunks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import pyarrow as pa

from custodiet.engines.duckdb import Session
from custodiet.engines.intake_ahead import in_turn
from custodiet.engines.intake_chunks import Batch, Bench, Chunk, RowMaker, Work, one_batch, raw_batches
from custodiet.engines.intake_judging import Gone, Judged, Rhythm, hear, judge, rewrite
from custodiet.engines.intake_quarantine import QuarantineWriter
from custodiet.engines.intake_told import Teller, told_batches
from custodiet.engines.mapping import Mapper
from custodiet.ingest.delivery import Heard
from custodiet.ingest.mapping import Mapping
from custodiet.ingest.ports import NotAudit, RawBatch, SourceRecord
from custodiet.ingest.staging import Label, Laid, Staged
from custodiet.model.deliveries import Counts
from custodiet.relations import stored

_Progress = Callable[[int], None]


class DuckStager:
    """Stages deliveries in a folder of their own; `progress` hears how many records were staged so far.

    Sessions and compiled mappings serve all deliveries of one stager, which is to be closed after the last. Files are cut and
    mapped in threads of their own, some ahead of the one that is judged.
    """

    def __init__(
        self,
        folder: Path,
        progress: _Progress | None = None,
        workers: int | None = None,
        gone: Gone | None = None,
    ) -> None:
        self._folder, self._progress, self._gone = folder, progress or (lambda _: None), gone
        self._workers = workers or min(4, os.cpu_count() or 1)
        self._bench = Bench(folder / "scratch", self._workers)
        self._mappers: dict[Mapping, Mapper] = {}
        self._layers = ThreadPoolExecutor(self._workers, thread_name_prefix="lay-out")
        self._received, self._counting = 0, Lock()

    def close(self) -> None:
        """Let go of the sessions; what is still being laid out is given up."""
        self._layers.shutdown(cancel_futures=True)
        self._bench.close()

    def mapped(self, batches: Iterator[RawBatch], mapping: Mapping, label: Label) -> LaidOut:
        """Begin to lay out the delivery of a file that a mapping reads."""
        whole = one_batch(batches) if mapping.changes is not None else batches
        rhythm = Rhythm(numbered=mapping.sequence.field is not None, longest=mapping.sequence.rhythm)
        mapper = self._mappers.setdefault(mapping, Mapper(mapping, f"mapped_{len(self._mappers)}"))
        return self._begun(raw_batches(whole), mapper, label, rhythm)

    def told(self, records: Iterator[SourceRecord | NotAudit], label: Label) -> LaidOut:
        """Begin to lay out the delivery of a source with a parser of its own."""
        return self._begun(told_batches(records), Teller(label.source), label, Rhythm())

    def judged(self, laid: Laid, label: Label, known: Sequence[Path]) -> Staged:
        """Return the delivery, laid out and de-duplicated against what is known; raises what its reading raised."""
        assert isinstance(laid, LaidOut)
        delivery = laid.delivery.result()
        with self._bench.session() as session:
            return delivery.finish(session, laid, label, known, self._gone)

    def _begun(self, batches: Iterator[Batch], maker: RowMaker, label: Label, rhythm: Rhythm) -> LaidOut:
        folder = self._folder / label.delivery
        folder.mkdir(parents=True, exist_ok=True)
        work = Work(bench=self._bench, maker=maker, delivery=label.delivery, folder=folder)
        delivery = _Delivery(QuarantineWriter(folder / "quarantine.parquet", label))
        typ = "access/1" if maker.relation is stored.ACCESS else "fact/1"
        return LaidOut(typ=typ, rhythm=rhythm, delivery=self._layers.submit(self._lay_out, delivery, work, batches))

    def _lay_out(self, delivery: _Delivery, work: Work, batches: Iterator[Batch]) -> _Delivery:
        for chunk in in_turn(work.chunk, batches, self._workers):
            before = delivery.received
            delivery.add(chunk)
            with self._counting:
                self._received += delivery.received - before
                self._progress(self._received)
        return delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """A delivery that is being laid out in a thread of its own."""

    typ: str
    rhythm: Rhythm
    delivery: Future[_Delivery]


class _Delivery:
    """One delivery while its chunks come together."""

    def __init__(self, quarantine: QuarantineWriter) -> None:
        self._quarantine = quarantine
        self._chunks: dict[int, Path] = {}
        self._keys: list[pa.Table] = []
        self._heard: list[pa.Table] = []
        self.received, self._not_audit = 0, 0

    def add(self, chunk: Chunk) -> None:
        """Count a batch's records and keep what is not sound in quarantine."""
        batch = chunk.batch
        self._quarantine.add_unreadable(batch.unreadable)
        for faulty in (batch.faulty, chunk.faulty):
            if faulty is not None:
                self._quarantine.add(faulty)
        told_faulty = 0 if batch.faulty is None else batch.faulty.num_rows
        self.received += chunk.speaking + len(batch.unreadable) + told_faulty
        self._not_audit += batch.not_audit + batch.records - chunk.speaking
        if chunk.path is not None and chunk.keys is not None:
            self._chunks[batch.number] = chunk.path
            self._keys.append(chunk.keys)
        if chunk.heard is not None:
            self._heard.append(chunk.heard)

    def finish(self, session: Session, laid: LaidOut, label: Label, known: Sequence[Path], gone: Gone | None) -> Staged:
        """Return the delivery as it stands against what is known, and what is gone."""
        expected = Rhythm() if label.again else laid.rhythm
        heard = hear(session, pa.concat_tables(self._heard), label, expected) if self._heard else Heard()
        judged, rows = Judged(), 0
        if self._keys:
            keys = pa.concat_tables(self._keys)
            judged = judge(session, keys, known, label.source, gone)
            rows = keys.num_rows - rewrite(session, self._chunks, self._quarantine, judged)
        quarantine = self._quarantine.close()
        quarantined = sum(reason.records for reason in self._quarantine.reasons)
        accepted = self.received - judged.duplicates - quarantined
        if rows < accepted:
            msg = f"{accepted} records count as accepted, but there are {rows} rows: some were lost on the way"
            raise ValueError(msg)
        counts = Counts(
            received=self.received,
            accepted=accepted,
            duplicate=judged.duplicates,
            quarantined=quarantined,
            not_audit=self._not_audit,
            yielded=rows,
        )
        return Staged(
            typ=laid.typ,
            chunks=tuple(self._chunks[number] for number in sorted(self._chunks)),
            quarantine=quarantine,
            counts=counts,
            reasons=self._quarantine.reasons,
            heard=heard,
            gone=judged.gone,
        )
