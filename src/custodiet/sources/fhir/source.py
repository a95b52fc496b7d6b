"""FHIR AuditEvents as a source of accesses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from custodiet.ingest.ports import NotAudit, RecordSource, SourceRecord
from custodiet.model.access import Access
from custodiet.model.deliveries import Problem
from custodiet.sources.fhir.codes import action_of, channel_of, is_search, outcome_of
from custodiet.sources.fhir.event import AuditEvent, codings, read_event
from custodiet.sources.fhir.people import named, people_of
from custodiet.sources.fhir.settings import FhirSettings
from custodiet.sources.fhir.subjects import Subjects, subjects_of, what
from custodiet.sources.json_records import JsonRecord, canonical, cut_json, member, text_of


def fhir_source(settings: FhirSettings | None = None) -> RecordSource:
    """Return a source that reads AuditEvents of DSTU2 to R5, one a line, alone, or in Bundles."""
    chosen = settings or FhirSettings()

    def read(stream: BinaryIO, name: str) -> Iterator[SourceRecord | NotAudit]:  # noqa: ARG001 - the port's shape
        for record in cut_json(stream, lists=("entry",)):
            yield _record(record, chosen)

    return read


def _record(record: JsonRecord, settings: FhirSettings) -> SourceRecord | NotAudit:
    resource = _resource(record.value)
    kind = resource.get("resourceType")
    if isinstance(kind, str) and kind != "AuditEvent":
        return NotAudit(position=record.position)
    if kind is None:
        problem = Problem(reason="unreadable", field="resourceType", found=None, expected="a FHIR resource in JSON")
        return SourceRecord(position=record.position, original=record.original, problem=problem)
    event = read_event(resource)
    if settings.not_access.intersection(event.codes):
        return NotAudit(position=record.position)
    told = _accesses(event, settings)
    if isinstance(told, Problem):
        return SourceRecord(position=record.position, original=record.original, problem=told)
    return SourceRecord(position=record.position, original=record.original, accesses=told)


def _resource(value: Any) -> dict[str, Any]:
    """Return the resource itself, taken out of a Bundle's entry."""
    found: dict[str, Any] = value if isinstance(value, dict) else {}
    return found if "resourceType" in found else member(found, "resource")


def _accesses(event: AuditEvent, settings: FhirSettings) -> tuple[Access, ...] | Problem:
    occurred_at = _instant(event.time)
    if event.time is None or occurred_at is None:
        reason = "missing" if event.time is None else "bad_time"
        return Problem(reason=reason, field="recorded", found=event.time, expected="an instant with its offset")
    people, subjects = people_of(event), subjects_of(event)
    if not people.known:
        return Problem(reason="missing", field="agent", found=None, expected="an agent that names a user or machine")
    if not subjects.subjects:
        return Problem(reason="missing", field="entity", found=None, expected="a patient, an entity or a query")
    lifecycles = [
        code for entity in event.entities for c in codings(entity, "lifecycle") if (code := text_of(c, "code"))
    ]
    action = action_of(event.action, event.codes, lifecycles)
    purpose, stated = _purpose(event)
    return tuple(
        Access(
            occurred_at=occurred_at,
            occurred_at_text=event.time,
            system=settings.system or _system(event),
            action=action,
            channel=channel_of(action, search=is_search(event.codes), by_person=people.by_person),
            subject=subject,
            subject_kind=kind,
            requester=people.requester,
            operator=people.operator,
            account=people.account,
            device=people.device,
            search_terms=subjects.query,
            record=subjects.records[0] if subjects.records else None,
            outcome=outcome_of(event.outcome),
            recipient=people.recipient if action.value == "disclosure" else None,
            stated_purpose=stated,
            purpose_code=purpose,
            source_event_id=event.identifier,
            extra=_extra(event, subjects),
        )
        for subject, kind in subjects.subjects
    )


def _instant(text: str | None) -> datetime | None:
    """Return the instant in UTC; None for what is no time, has no offset, or is a date alone."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.astimezone(UTC)


def _system(event: AuditEvent) -> str:
    observer = member(event.source, "observer")
    return (
        text_of(observer, "display")
        or text_of(observer, "identifier", "value")
        or text_of(event.source, "identifier", "value")
        or text_of(observer, "reference")
        or text_of(event.source, "site")
        or text_of(event.source, "site", "display")
        or text_of(event.source, "site", "reference")
        or "fhir"
    )


def _purpose(event: AuditEvent) -> tuple[str | None, str | None]:
    """Return the codes of the purpose, and its words where it was given in words: the event's, else the agents'."""
    given = list(event.purposes)
    for agent in event.agents if not given else ():
        given += codings(agent, "authorization" if event.version == "R5" else "purposeOfUse")
    codes = dict.fromkeys(code for coding in given if (code := text_of(coding, "code")))
    words = dict.fromkeys(said for coding in given if (said := text_of(coding, "text")))
    return " ".join(codes) or None, "; ".join(words) or None


def _extra(event: AuditEvent, subjects: Subjects) -> str | None:
    """Return what no column holds: version, codes, all agents and entities by name, and the tokens they acted under."""
    policies = [policy for agent in event.agents for policy in agent.get("policy") or () if isinstance(policy, str)]
    return canonical(
        {
            "fhir": event.version,
            "codes": list(event.codes),
            "agents": [name for agent in event.agents if (name := named(agent))],
            "entities": [name for entity in event.entities if (name := what(entity))],
            "policies": policies,
            "records": list(subjects.records[1:]),
        }
    )
