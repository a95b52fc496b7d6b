"""A delivery: what became of one file, as it is recorded in the ledger and printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from custodiet.errors import BadInput
from custodiet.model.deliveries import Counts
from custodiet.model.instants import rfc3339

#: How many gaps, silences and the like are listed one by one; the total is always told.
MOST_LISTED = 100
_COUNTS = ("received", "accepted", "duplicate", "quarantined", "not_audit", "yielded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Running numbers that are missing, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time without accesses that is longer than the source's rhythm."""

    after: datetime
    before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a source's sequence and rhythm showed in a delivery."""

    first_sequence: int | None = None
    last_sequence: int | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    gaps: tuple[Gap, ...] = ()  # the first of them
    missing: int = 0  # running numbers that are missing in all
    silences: tuple[Silence, ...] = ()  # the first of them
    silence_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """How many records went to quarantine for one reason and field."""

    reason: str
    field: str | None
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is known of a delivery once it was taken in."""

    delivery: str  # D000001 ...
    source: str
    mapping: str | None  # digest of the mapping file; None for a source with a parser of its own
    mapping_version: int | None
    file_digest: str
    file_bytes: int
    counts: Counts
    quarantine: tuple[Quarantined, ...] = ()
    heard: Heard = Heard()
    received_at: datetime
    rhythm: timedelta | None = None  # the longest time without accesses that is normal for the source
    redrives: tuple[str, ...] = ()  # the deliveries whose quarantined records were driven again

    def record(self) -> dict[str, object]:
        """Return the `delivery/1` record: no file name and nothing else that may hold personal data."""
        counts, heard = self.counts, self.heard
        return {
            "typ": "delivery/1",
            "delivery": self.delivery,
            "source": self.source,
            "mapping": self.mapping,
            "mapping_version": self.mapping_version,
            "file": self.file_digest,
            "bytes": self.file_bytes,
            "counts": {name: getattr(counts, name) for name in _COUNTS},
            "quarantine": [
                {"reason": one.reason, "field": one.field, "records": one.records} for one in self.quarantine
            ],
            "first_sequence": heard.first_sequence,
            "last_sequence": heard.last_sequence,
            "first_at": None if heard.first_at is None else rfc3339(heard.first_at),
            "last_at": None if heard.last_at is None else rfc3339(heard.last_at),
            "missing": heard.missing,
            "gaps": [{"first": gap.first, "last": gap.last} for gap in heard.gaps],
            "silence_count": heard.silence_count,
            "silences": [{"from": rfc3339(one.after), "to": rfc3339(one.before)} for one in heard.silences],
            "received_at": rfc3339(self.received_at),
            "rhythm": None if self.rhythm is None else int(self.rhythm.total_seconds()),
            "redrives": list(self.redrives),
        }


def delivery_name(number: int) -> str:
    """Return the name of the vault's delivery of that number, from 1."""
    return f"D{number:06d}"


def check_yield(counts: Counts, file: str) -> None:
    """Refuse a file in which no record was found: silence is not success."""
    if counts.received == 0:
        raise BadInput(
            "The file yields nothing; nothing was changed.",
            file=file,
            found=f"{counts.not_audit} other lines",
            expected="at least one record",
        )
