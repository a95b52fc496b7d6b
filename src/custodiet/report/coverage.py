"""Coverage: what came in, what became of it, and what was not there to be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from custodiet.model.deliveries import Counts
from custodiet.model.instants import Interval, as_utc
from custodiet.report.basis import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One delivered file and the account of its records."""

    source: str
    delivery: str  # the file's own name or the delivery's number; never a path
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineLine:
    """Why records of one source wait in quarantine, and how many."""

    source: str
    reason: str  # the code of `model.deliveries.Problem`
    field: str | None
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch in which a source should have spoken and did not, or numbers that are missing in its sequence."""

    source: str
    during: Interval
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextLine:
    """One kind of context fact from one source: how many facts, and up to when they are known to have come in."""

    kind: str
    source: str | None  # None: no source delivers this kind
    facts: int
    delivered_to: datetime | None
    called: str | None = None  # the pack's word for facts of this kind

    def __post_init__(self) -> None:
        """Refuse a naive time, and facts from nowhere."""
        if self.delivered_to is not None:
            as_utc(self.delivered_to)
        if self.source is None and self.facts:
            msg = f"{self.facts} facts of kind {self.kind} need a source"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Everything that came in for the period. Records of deliveries are disjoint, so their totals may be added."""

    basis: Basis
    deliveries: tuple[DeliveryLine, ...]
    quarantine: tuple[QuarantineLine, ...]
    gaps: tuple[Gap, ...]
    context: tuple[ContextLine, ...]
    context_basis: Basis

    @property
    def total(self) -> Counts:
        """Return the account of all deliveries together."""
        return _added(tuple(line.counts for line in self.deliveries))

    @property
    def by_source(self) -> tuple[tuple[str, int, Counts], ...]:
        """Return each source in order of name, its number of deliveries, and their account."""
        return tuple((source, len(counts), _added(counts)) for source, counts in self._grouped())

    @property
    def quarantine_by_reason(self) -> tuple[QuarantineLine, ...]:
        """Return the quarantine with the lines of several deliveries added where source, reason and field agree."""
        records: dict[tuple[str, str, str], int] = {}
        for line in self.quarantine:
            key = (line.source, line.reason, line.field or "")
            records[key] = records.get(key, 0) + line.records
        return tuple(
            QuarantineLine(source=source, reason=reason, field=field or None, records=records[source, reason, field])
            for source, reason, field in sorted(records)
        )

    def _grouped(self) -> tuple[tuple[str, tuple[Counts, ...]], ...]:
        sources = sorted({line.source for line in self.deliveries})
        return tuple(
            (source, tuple(line.counts for line in self.deliveries if line.source == source)) for source in sources
        )


def _added(counts: tuple[Counts, ...]) -> Counts:
    return Counts(
        received=sum(c.received for c in counts),
        accepted=sum(c.accepted for c in counts),
        duplicate=sum(c.duplicate for c in counts),
        quarantined=sum(c.quarantined for c in counts),
        not_audit=sum(c.not_audit for c in counts),
        yielded=sum(c.yielded for c in counts),
    )
