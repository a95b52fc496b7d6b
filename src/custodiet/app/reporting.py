"""The report of an audit: a run's figures and findings put together as one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from custodiet.app.audits import Audit
from custodiet.app.findings import QueuePage, access_lines, actor_then, duty_spells
from custodiet.app.ports import LedgerReader, Relations
from custodiet.app.vault import Settings
from custodiet.model.deliveries import Counts
from custodiet.model.findings import Finding
from custodiet.model.instants import Interval
from custodiet.model.looks import Purpose
from custodiet.relations.kinds import KINDS
from custodiet.relations.query import Query
from custodiet.report.audit_document import (
    AuditDocument,
    Awaited,
    Explaining,
    OverlapLine,
    Queue,
    StateCounts,
    Summary,
    TemplateLine,
)
from custodiet.report.basis import Basis
from custodiet.report.coverage import ContextLine, Coverage, DeliveryLine, Gap, QuarantineLine
from custodiet.report.finding_card import Card
from custodiet.report.integrity import Integrity
from custodiet.triage.next_steps import NextSteps

_SQL = "custodiet.report.sql"
AWAITED = Query(_SQL, "awaited.sql")
CONTEXT_HELD = Query(_SQL, "context_kept.sql")
#: Accesses of an episode that a card lists; `custodiet show` lists all.
LISTED = 60

_POPULATION = "all actors whose accesses the sources delivered, of every kind of employment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """For whom, when and what for a report is drawn."""

    drawn_at: datetime
    drawn_by: str
    purpose: Purpose
    settings: Settings
    integrity: Integrity
    signal_titles: Mapping[str, str]
    template_titles: Mapping[str, str]
    next_steps: NextSteps
    kind_words: Mapping[str, str]  # what the pack calls facts of a kind


def audit_document(
    audit: Audit, page: QueuePage, relations: Relations, snapshot: LedgerReader, occasion: Occasion
) -> AuditDocument:
    """Return the document of a run: what came in, what was explained by what, and the front of the queue."""
    coverage = _coverage(relations, snapshot, audit.run.provenance.ledger_size, occasion.kind_words)
    return AuditDocument(
        organisation=occasion.settings.title,
        period=Interval(start=audit.first_at, end=audit.last_at + timedelta(microseconds=1)),
        drawn_at=occasion.drawn_at,
        drawn_by=occasion.drawn_by,
        purpose=occasion.purpose,
        provenance=audit.run.provenance,
        summary=_summary(audit, relations, coverage),
        explaining=_explaining(audit),
        queue=_queue(page, relations, occasion),
        coverage=coverage,
        integrity=occasion.integrity,
        simulated=occasion.settings.invented,
        zone=occasion.settings.zone,
    )


def _summary(audit: Audit, relations: Relations, coverage: Coverage) -> Summary:
    counts = StateCounts(**dict(audit.states))
    return Summary(
        basis=Basis(
            unit="one access by one actor to one subject",
            clock="time of the access",
            population=_POPULATION,
            rule="every access is in exactly one of the four states, so these may be added",
            missing=_missing(coverage, audit.gone),
        ),
        states=counts,
        actors=audit.actors,
        subjects=audit.subjects,
        episodes=audit.findings,
        episodes_basis=Basis(
            unit="one episode: one actor and one subject, until 30 days pass without an access",
            clock="time of the first access",
            population=_POPULATION,
            rule="in: an episode with at least one access that is unexplained or only weakly explained; out: accesses to a whole table",
        ),
        awaited=tuple(Awaited(what=what, accesses=number) for what, number in relations.rows(AWAITED)),
    )


def _explaining(audit: Audit) -> Explaining:
    return Explaining(
        basis=Basis(
            unit="one access by one actor to one subject",
            clock="time of the access",
            population=_POPULATION,
            rule="an access counts for each template that matched it at whatever strength; the rows overlap and must not be added",
        ),
        templates=tuple(
            TemplateLine(template=t.template, title=t.title, accesses=t.accesses, only_by_this=t.only_by_this)
            for t in audit.templates
        ),
        overlap=tuple(OverlapLine(templates=n, accesses=audit.overlap[n]) for n in sorted(audit.overlap)),
    )


def _queue(page: QueuePage, relations: Relations, occasion: Occasion) -> Queue:
    return Queue(
        basis=Basis(
            unit="one finding: one episode with its signals",
            clock="time of the accesses",
            population=_POPULATION,
            rule="ranked by the points of the signals shown; a limit for one actor keeps the list varied, the rest stays in the queue",
        ),
        cards=tuple(_card(finding, relations, occasion) for finding in page.findings),
        before_asking=occasion.next_steps.before,
        signal_titles=tuple(occasion.signal_titles.items()),
    )


def _card(finding: Finding, relations: Relations, occasion: Occasion) -> Card:
    kind, lines = access_lines(relations, finding, occasion.template_titles)
    then = actor_then(relations, finding.actor, finding.first_at)
    return Card(
        finding=finding,
        actor=then.words,
        employment=then.employment,
        unit=then.unit,
        role=then.role,
        subject_kind=kind,
        accesses=lines[:LISTED],
        duty=duty_spells(relations, finding),
        next_steps=occasion.next_steps.of(finding),
    )


def _coverage(relations: Relations, snapshot: LedgerReader, size: int, called: Mapping[str, str]) -> Coverage:
    bodies = [body for _, body in snapshot.records("delivery/1", size)]
    return Coverage(
        basis=Basis(
            unit="one record as delivered",
            clock="time of taking in",
            population="every file that was delivered to this vault",
            rule="received = accepted + duplicate + quarantined for every file; other lines are counted apart as not audit",
        ),
        context_basis=Basis(
            unit="one fact of context that stands: neither superseded nor withdrawn",
            clock="time at which the source recorded it",
            population="every source of context that delivered to this vault",
            rule="facts of different kinds are different things and are not added",
            missing="kinds without a source are listed as not held",
        ),
        deliveries=tuple(_delivery(body) for body in bodies),
        quarantine=tuple(line for body in bodies for line in _quarantined(body)),
        gaps=tuple(gap for body in bodies for gap in _gaps(body)),
        context=_context(relations, called),
    )


def _missing(coverage: Coverage, gone: int) -> str:
    """Return what is known to be missing from the accesses, as a short phrase."""
    quarantined = sum(line.records for line in coverage.quarantine)
    parts = []
    if quarantined:
        parts.append(f"{quarantined:,} records wait in quarantine")
    if gone:
        parts.append(f"{gone:,} accesses were redacted or dropped and are in no figure")
    if coverage.gaps:
        parts.append(f"{len(coverage.gaps):,} silences of sources are reported under coverage")
    return "; ".join(parts) or "nothing known to be missing"


def _delivery(body: Mapping[str, Any]) -> DeliveryLine:
    names = ("received", "accepted", "duplicate", "quarantined", "not_audit", "yielded")
    counts = Counts(**{name: body["counts"].get(name, 0) for name in names})
    return DeliveryLine(source=body["source"], delivery=body["delivery"], counts=counts)


def _quarantined(body: Mapping[str, Any]) -> Sequence[QuarantineLine]:
    return [
        QuarantineLine(source=body["source"], reason=line["reason"], field=line.get("field"), records=line["records"])
        for line in body.get("quarantine", ())
    ]


def _gaps(body: Mapping[str, Any]) -> Sequence[Gap]:
    return [
        Gap(
            source=body["source"],
            during=Interval(start=_instant(silence["from"]), end=_instant(silence["to"])),
            sentence="Nothing was heard from this source, longer than is normal for it.",
        )
        for silence in body.get("silences", ())
    ]


def _context(relations: Relations, called: Mapping[str, str]) -> tuple[ContextLine, ...]:
    held = [(kind, source, facts, _utc(at)) for kind, source, facts, at in relations.rows(CONTEXT_HELD)]
    absent = sorted({kind.name for kind in KINDS} - {kind for kind, *_ in held})
    return tuple(
        ContextLine(kind=kind, source=source, facts=facts, delivered_to=at, called=_capital(called.get(kind)))
        for kind, source, facts, at in (*held, *((kind, None, 0, None) for kind in absent))
    )


def _capital(words: str | None) -> str | None:
    return None if words is None else words[:1].upper() + words[1:]


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(tzinfo=UTC)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
