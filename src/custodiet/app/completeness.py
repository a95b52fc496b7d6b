"""Did everything come? Heartbeats entered, silences told, and each delivery held against the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from custodiet.app.ports import Ledger, LedgerReader
from custodiet.errors import BadInput
from custodiet.ingest.conservation import Accounted, OpenGap
from custodiet.ingest.heartbeat import TYP, Heartbeat
from custodiet.ingest.silence import SourceHeard, heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All deliveries of a ledger, and what is wrong with them."""

    size: int
    deliveries: Sequence[Accounted]
    without_delivery: int  # rows behind the last delivery's record, which no record tells of
    gaps: Sequence[OpenGap]  # running numbers that have not come yet

    @property
    def holds(self) -> bool:
        """Tell whether every row and record is accounted for. Numbers that never came are no breach of the law."""
        return not self.without_delivery and not any(each.problems for each in self.deliveries)


def beat(ledger: Ledger, heartbeat: Heartbeat, now: datetime) -> SourceHeard:
    """Enter the heartbeat in one commit, and return what is heard of the source with it.

    Raises BadInput for a source that never delivered, a moment to come, and fewer records than were delivered.
    """
    with ledger.write() as writer:
        known = {each.source: each for each in _heard(ledger.read())}
        if heartbeat.source not in known:
            expected = ", ".join(sorted(known)) or "a source that has delivered before"
            raise BadInput("No delivery of this source was taken in.", found=heartbeat.source, expected=expected)
        if heartbeat.at > now:
            raise BadInput("A source cannot have been asked in the future.", field="at")
        last = known[heartbeat.source].last_sequence
        if heartbeat.sequence is not None and last is not None and heartbeat.sequence < last:
            raise BadInput(
                "The source is said to have given less than was delivered.",
                field="sequence",
                found=str(heartbeat.sequence),
                expected=f"at least {last}",
            )
        writer.append_records(TYP, [heartbeat.record()])
        writer.commit()
    return next(each for each in _heard(ledger.read()) if each.source == heartbeat.source)


def silence(ledger: Ledger) -> list[SourceHeard]:
    """Return what was heard of each source, by name."""
    return _heard(ledger.read())


def nothing_new(snapshot: LedgerReader, size: int) -> list[tuple[str, datetime]]:
    """Return each source with the last moment at which it had nothing new, as known at the size.

    A source that said it has given more than came is left out: it did have something new.
    """
    return [
        (each.source, each.heartbeat_at)
        for each in _heard(snapshot, size)
        if each.heartbeat_at is not None and not each.is_behind
    ]


def _heard(snapshot: LedgerReader, size: int | None = None) -> list[SourceHeard]:
    deliveries = (body for _, body in snapshot.records("delivery/1", size))
    return heard(deliveries, (Heartbeat.of(body) for _, body in snapshot.records(TYP, size)))
