"""An AuditEvent of any version in one shape. The version is told by the shape, for resources do not say it.

| Version | Told by |
|---|---|
| DSTU2 | the members `event` and `participant` |
| R5 | a member `code` or `category`, or an `outcome` that is an object |
| STU3 | an agent with `userId` or `reference`, or a source with `identifier` |
| R4, R4B | anything else: the two have one shape |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from custodiet.sources.json_records import member, members, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """The parts of a resource that the mapping reads; agents and entities are the resource's own objects."""

    version: str
    identifier: str | None
    time: str | None
    codes: tuple[str, ...]
    action: str | None
    outcome: str | None
    purposes: tuple[dict[str, Any], ...]  # Codings, with the concept's text under `text`
    agents: tuple[dict[str, Any], ...]
    entities: tuple[dict[str, Any], ...]
    source: dict[str, Any]
    patient: dict[str, Any]  # R5 alone


def read_event(resource: dict[str, Any]) -> AuditEvent:
    """Return the resource in the one shape; what it lacks is empty."""
    version = version_of(resource)
    head = member(resource, "event") if version == "DSTU2" else resource
    kinds = ("category", "code") if version == "R5" else ("type", "subtype")
    return AuditEvent(
        version=version,
        identifier=text_of(resource, "id"),
        time=_time(head),
        codes=tuple(code for kind in kinds for coding in codings(head, kind) if (code := text_of(coding, "code"))),
        action=text_of(head, "action"),
        outcome=text_of(head, "outcome", "code", "code") or text_of(head, "outcome"),
        purposes=tuple(codings(head, "authorization" if version == "R5" else "purposeOfEvent")),
        agents=tuple(members(resource, "participant" if version == "DSTU2" else "agent")),
        entities=tuple(members(resource, "object" if version == "DSTU2" else "entity")),
        source=member(resource, "source"),
        patient=member(resource, "patient"),
    )


def version_of(resource: dict[str, Any]) -> str:
    """Return the version that the resource's shape tells."""
    if isinstance(resource.get("event"), dict):
        return "DSTU2"
    if "code" in resource or "category" in resource or isinstance(resource.get("outcome"), dict):
        return "R5"
    agents = members(resource, "agent")
    if any("userId" in agent or "reference" in agent for agent in agents) or "identifier" in member(resource, "source"):
        return "STU3"
    return "R4"


def _time(head: dict[str, Any]) -> str | None:
    """Return when it happened, or when it was recorded where only that is said."""
    happened = (
        text_of(head, "occurredDateTime")
        or text_of(head, "occurredPeriod", "start")
        or text_of(head, "period", "start")
    )
    return happened or text_of(head, "recorded") or text_of(head, "dateTime")


def codings(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the Codings under the name, whether given as such or inside CodeableConcepts."""
    found = []
    for concept in members(value, name):
        inner = members(concept, "coding")
        said = text_of(concept, "text")
        found += [coding | {"text": said} if said else coding for coding in inner]
        if not inner:
            found.append(concept)
    return found
