"""Taking things in: read, map, de-duplicate, stage, and append it all in one commit; a kill leaves the vault as it was."""

from __future__ import annotations

import io
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from custodiet.app.digest_keys import DigestKeys, digest_under
from custodiet.app.ports import Ledger, LedgerWriter, Told
from custodiet.errors import BadInput, Refused
from custodiet.ingest.delivery import Delivery, check_yield, delivery_name
from custodiet.ingest.envelope import PLAIN, Envelope, envelope_of, reading_again
from custodiet.ingest.heartbeat import TYP as HEARTBEAT
from custodiet.ingest.heartbeat import Heartbeat, instant
from custodiet.ingest.mapping import Mapping as MappingFile
from custodiet.ingest.ports import NotAudit, RawBatch, RawReader, RecordSource, SourceRecord
from custodiet.ingest.quarantine import Entry, QuarantineStore
from custodiet.ingest.reading import Reading
from custodiet.ingest.staging import Label, Laid, Staged, Stager
from custodiet.model.deliveries import Counts

STAGE = "take in"
#: How many deliveries are laid out ahead of the one that is judged.
_AHEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ByMapping:
    """A source that a mapping file describes; `reader_for` gives the reader of a format."""

    mapping: MappingFile
    reader_for: Callable[[Reading], RawReader]

    @property
    def source(self) -> str:
        """Return the source's name."""
        return self.mapping.source

    @property
    def typ(self) -> str:
        """Return the type of entry that is yielded."""
        return "access/1" if self.mapping.target.is_access else "fact/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByParser:
    """A source with a parser of its own."""

    source: str
    parser: RecordSource

    @property
    def typ(self) -> str:
        """Return the type of entry that is yielded."""
        return "access/1"


Way = ByMapping | ByParser


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A delivered file: its name, which may hold personal data and stays out of the ledger, and its bytes."""

    name: str
    open: Callable[[], BinaryIO]

    @classmethod
    def at(cls, path: Path) -> Delivered:
        """Return the file at the path; a path that is no file is refused."""
        name = os.fsencode(path.name).decode("utf-8", "replace")  # a name need not be text
        if not path.is_file():
            raise BadInput("There is no such file; nothing was changed.", file=name)
        return cls(name=name, open=lambda: path.open("rb"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What taking in works with. `staging` is a folder of its own that is emptied before and after."""

    ledger: Ledger
    quarantine: QuarantineStore
    stager: Callable[[Callable[[int], None]], Stager]  # given who hears the number of records staged so far
    staging: Path
    digest_keys: DigestKeys
    received_at: datetime
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What became of one file: the record in the ledger, the file's name for the person who delivered it, and warnings."""

    label: str
    record: Delivery
    waited: int = 0  # records in quarantine that this delivery was to drive again

    @property
    def delivery(self) -> str:
        """Return the delivery's name."""
        return self.record.delivery

    @property
    def counts(self) -> Counts:
        """Return the counts."""
        return self.record.counts

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for each thing that a person should look at."""
        counts, heard = self.counts, self.record.heard
        found: list[str] = []
        if counts.quarantined:
            why = ", ".join(
                f"{one.records:,} {one.reason}" + (f" ({one.field})" if one.field else "")
                for one in self.record.quarantine
            )
            found.append(f"{counts.quarantined:,} of {counts.received:,} records are in quarantine: {why}.")
        if counts.received < self.waited:
            found.append(
                f"{self.waited:,} records waited and the file has {counts.received:,}:"
                f" those of {', '.join(self.record.redrives)} that it lacks are no longer listed."
            )
        if counts.accepted == 0 and counts.quarantined == 0:
            found.append("Every record of the file was there already.")
        if heard.missing:
            first = heard.gaps[0]
            found.append(
                f"{heard.missing:,} running numbers are missing, the first of them {first.first} to {first.last}."
            )
        if heard.silence_count:
            silence = heard.silences[0]
            found.append(
                f"Silent for longer than is normal {heard.silence_count:,} times, first from {silence.after:%Y-%m-%d %H:%M}"
                f" to {silence.before:%Y-%m-%d %H:%M} UTC."
            )
        return tuple(found)


def take_in(files: Sequence[Delivered], way: Way, intake: Intake) -> list[DeliveryReport]:
    """Take in these files in one commit: all of them are in the vault afterwards, or none is."""
    return take_in_all([(file, way) for file in files], intake)


def take_in_all(deliveries: Sequence[tuple[Delivered, Way]], intake: Intake) -> list[DeliveryReport]:
    """Take in these files, each in its own way, in their order and in one commit."""
    if not deliveries:
        raise BadInput("There is no file to take in; nothing was changed.")
    with intake.ledger.write() as writer, _staging(intake.staging):
        work = _Work(intake, writer)
        with closing(work.stager):
            work.take(deliveries)
        writer.commit()
    return work.reports


def quarantined(intake: Intake, *, delivery: str | None = None) -> list[Entry]:
    """Return the records that wait in quarantine, of one delivery or of all."""
    names = [body["delivery"] for _, body in intake.ledger.read().records("delivery/1")]
    if delivery is not None and delivery not in names:
        raise Refused(f"There is no delivery {delivery} here.")
    wanted = names if delivery is None else [delivery]
    entries = intake.quarantine.entries(names)
    return [entry for entry in entries if entry.is_open and entry.delivery in wanted]


def export(entries: Sequence[Entry]) -> bytes:
    """Return a file of these records of one delivery, byte for byte and under their header, to be mended."""
    if not entries:
        raise BadInput("No record waits in quarantine there.")
    return entries[0].envelope.around(entry.original for entry in entries)


def drive(delivery: str, mended: Delivered | None, way: Way, intake: Intake) -> list[DeliveryReport]:
    """Drive the waiting records of a delivery again, mended or as they were, under a new delivery that names the old.

    All of them leave the old delivery's list: what is accepted now is in the ledger, what is not waits under the new one.
    """
    with intake.ledger.write() as writer, _staging(intake.staging):
        entries = quarantined(intake, delivery=delivery)
        again = export(entries)
        file = mended or Delivered(name=entries[0].file_name, open=lambda: io.BytesIO(again))
        if isinstance(way, ByMapping):
            mapping = replace(way.mapping, reading=reading_again(way.mapping.reading))
            way = replace(way, mapping=mapping)
        if way.source != entries[0].source:
            raise BadInput("The records came from another source.", found=way.source, expected=entries[0].source)
        work = _Work(intake, writer)
        with closing(work.stager):
            work.take([(file, way)], redrives=(delivery,))
        intake.quarantine.mark_redriven(entries, work.reports[0].delivery)
        writer.commit()
    return [replace(report, waited=len(entries)) for report in work.reports]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A delivery that is being laid out."""

    file: Delivered
    way: Way
    size: int
    redrives: tuple[str, ...]
    label: Label
    laid: Laid


class _Work:
    """The deliveries of one call."""

    def __init__(self, intake: Intake, writer: LedgerWriter) -> None:
        snapshot = intake.ledger.read()
        bodies = [body for _, body in snapshot.records("delivery/1")]
        self._intake, self._writer = intake, writer
        self._known = {typ: list(snapshot.segments(typ)) for typ in ("access/1", "fact/1")}
        self._heard = _Heard()
        for body in bodies:
            self._heard.add(body)
        for _, body in snapshot.records(HEARTBEAT):
            self._heard.beat(Heartbeat.of(body))
        self._number = len(bodies)
        self.stager = intake.stager(self._progress)
        self.reports: list[DeliveryReport] = []

    def take(self, deliveries: Iterable[tuple[Delivered, Way]], redrives: tuple[str, ...] = ()) -> None:
        """Stage the files and append them in their order; some are laid out while one before them is judged and sealed."""
        begun: deque[_Begun] = deque()
        for file, way in deliveries:
            begun.append(self._begin(file, way, redrives))
            if len(begun) > _AHEAD:
                self._end(begun.popleft())
        while begun:
            self._end(begun.popleft())

    def _begin(self, file: Delivered, way: Way, redrives: tuple[str, ...]) -> _Begun:
        self._number += 1
        digest, size = digest_under(self._intake.digest_keys.new(delivery_name(self._number)), file.open)
        label = self._label(file, way, digest, again=bool(redrives))
        if isinstance(way, ByMapping):
            laid = self.stager.mapped(_batches(file, way), way.mapping, label)
        else:
            laid = self.stager.told(_records(file, way), label)
        return _Begun(file=file, way=way, size=size, redrives=redrives, label=label, laid=laid)

    def _end(self, begun: _Begun) -> None:
        source, known = begun.label.source, self._known[begun.laid.typ]
        label = replace(
            begun.label, last_sequence=self._heard.last_sequence.get(source), last_at=self._heard.last_at.get(source)
        )
        staged = self.stager.judged(begun.laid, label, known)
        check_yield(staged.counts, begun.file.name)
        if staged.gone:  # the file holds again what was erased, and nobody is to be able to guess it from the digest
            self._intake.digest_keys.destroy(label.delivery)
        known += staged.chunks
        delivery = self._delivery(staged, label, begun.way, begun.size, begun.redrives)
        self._heard.add(delivery.record())
        self.reports.append(DeliveryReport(label=label.file_name, record=delivery))
        self._append(staged, delivery)

    def _append(self, staged: Staged, delivery: Delivery) -> None:
        """Append the delivery, its record behind its rows; its quarantine is durable first."""
        self._intake.quarantine.forget(delivery.delivery)
        if staged.quarantine is not None:
            self._intake.quarantine.publish(staged.quarantine, delivery.delivery)
        for chunk in staged.chunks:
            self._writer.append_table(staged.typ, chunk)
        self._writer.append_records("delivery/1", [delivery.record()])

    def _label(self, file: Delivered, way: Way, digest: str, *, again: bool) -> Label:
        return Label(
            delivery=delivery_name(self._number),
            source=way.source,
            file_name=file.name,
            file_digest=digest,
            envelope=_envelope(file, way),
            again=again,
        )

    def _delivery(self, staged: Staged, label: Label, way: Way, size: int, redrives: tuple[str, ...]) -> Delivery:
        mapping = way.mapping if isinstance(way, ByMapping) else None
        return Delivery(
            delivery=label.delivery,
            source=label.source,
            mapping=None if mapping is None else mapping.digest,
            mapping_version=None if mapping is None else mapping.version,
            file_digest=label.file_digest,
            file_bytes=size,
            counts=staged.counts,
            quarantine=staged.reasons,
            heard=staged.heard,
            received_at=self._intake.received_at,
            rhythm=None if mapping is None else mapping.sequence.rhythm,
            redrives=redrives,
        )

    def _progress(self, records: int) -> None:
        self._intake.told(STAGE, records, None)


class _Heard:
    """How far each source had been heard."""

    def __init__(self) -> None:
        self.last_sequence: dict[str, int] = {}
        self.last_at: dict[str, datetime] = {}

    def add(self, body: Mapping[str, Any]) -> None:
        """Take note of a delivery's record."""
        source, sequence, at = body["source"], body["last_sequence"], body["last_at"]
        if sequence is not None:
            self.last_sequence[source] = max(sequence, self.last_sequence.get(source, sequence))
        if at is not None:
            moment = instant(at)
            self.last_at[source] = max(moment, self.last_at.get(source, moment))

    def beat(self, heartbeat: Heartbeat) -> None:
        """Take note that a source had nothing new: until then it was asked, and not silent."""
        if heartbeat.source in self.last_at:
            self.last_at[heartbeat.source] = max(heartbeat.at, self.last_at[heartbeat.source])


class _staging:  # noqa: N801 - used as `with _staging(folder)`
    """An empty folder inside the `with` block, and none outside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _batches(file: Delivered, way: ByMapping) -> Iterator[RawBatch]:
    with file.open() as stream:
        yield from way.reader_for(way.mapping.reading)(stream, file.name)


def _records(file: Delivered, way: ByParser) -> Iterator[SourceRecord | NotAudit]:
    with file.open() as stream:
        yield from way.parser(stream, file.name)


def _envelope(file: Delivered, way: Way) -> Envelope:
    if isinstance(way, ByParser):
        return PLAIN
    with file.open() as stream:
        return envelope_of(way.mapping.reading, stream)
