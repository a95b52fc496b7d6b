"""Whose record it was: the entities of an AuditEvent."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from custodiet.model.access import SubjectKind
from custodiet.sources.fhir.event import AuditEvent, codings
from custodiet.sources.json_records import members, text_of

_HISTORY = re.compile(r"/_history/[^/]*$")
_PATIENT = re.compile(r"(?:^|/)Patient/[^/]+$")
_PERSONS = frozenset({"Patient", "RelatedPerson", "Person"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """Everything that the entities tell: subjects with their kinds, records opened, and what was searched for."""

    subjects: tuple[tuple[str, SubjectKind], ...]
    records: tuple[str, ...] = ()
    query: str | None = None


def subjects_of(event: AuditEvent) -> Subjects:
    """Return the patients; where none is named the things themselves; for a search alone, the kind that was searched."""
    entities = [{"what": event.patient, "patient": True}, *event.entities] if event.patient else list(event.entities)
    query = next((said for entity in entities if (said := _query(entity))), None)
    named = [(name, _is_patient(entity)) for entity in entities if (name := what(entity)) and not _is_request(entity)]
    named += [(name, True) for entity in entities for name in _details(entity)]
    patients = tuple(dict.fromkeys((name, SubjectKind.PERSON) for name, patient in named if patient))
    things = tuple(dict.fromkeys(name for name, patient in named if not patient))
    if patients:
        people = {name for name, _ in patients}
        return Subjects(subjects=patients, records=tuple(name for name in things if name not in people), query=query)
    if things:
        return Subjects(subjects=tuple((name, SubjectKind.ITEM) for name in things), query=query)
    if query is not None:
        return Subjects(subjects=((_searched(query), SubjectKind.TABLE),), query=query)
    return Subjects(subjects=())


def what(entity: dict[str, Any]) -> str | None:
    """Return what the entity is, without its version: a reference before an identifier, and a name only for lack of both."""
    reference = text_of(entity, "what", "reference") or text_of(entity, "reference", "reference")
    if reference is not None and not reference.startswith("#"):
        return _HISTORY.sub("", reference)
    identifier = text_of(entity, "what", "identifier", "value") or text_of(entity, "identifier", "value")
    return identifier or text_of(entity, "what", "display") or text_of(entity, "name")


def _is_patient(entity: dict[str, Any]) -> bool:
    """Tell whether the entity is a person: by its reference, its type, or its role of a patient."""
    reference = text_of(entity, "what", "reference") or text_of(entity, "reference", "reference")
    if reference is not None and _PATIENT.search(_HISTORY.sub("", reference)):
        return True
    if reference is not None and not reference.startswith(("#", "urn:")):
        return False  # a reference of another kind of resource
    declared = text_of(entity, "what", "type")
    kinds = {declared, *(text_of(coding, "code") for coding in codings(entity, "type"))}
    roles = {text_of(coding, "code") for coding in codings(entity, "role")}
    return bool(entity.get("patient") or kinds & _PERSONS or "1" in roles or kinds == {None, "1"})


def _details(entity: dict[str, Any]) -> list[str]:
    """Return the patients that the token of a request was for (IHE XUA: the resource identifier of its XACML)."""
    details = members(entity, "detail")
    values = [text_of(detail, "valueString") or text_of(detail, "value") for detail in details if _is_resource(detail)]
    return [value for value in values if value]


def _is_resource(detail: dict[str, Any]) -> bool:
    kind = text_of(detail, "type") or text_of(detail, "type", "text") or ""
    return kind.endswith(":resource:resource-id")


def _is_request(entity: dict[str, Any]) -> bool:
    """Tell whether the entity is the request's own number (IHE BALP), which is no record of anyone."""
    return any(text_of(coding, "code") == "XrequestId" for coding in codings(entity, "type"))


def _query(entity: dict[str, Any]) -> str | None:
    encoded = text_of(entity, "query")
    if encoded is None:
        return None
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):  # UnicodeDecodeError is one too
        return encoded


def _searched(query: str) -> str:
    """Return the kind of resource that a search's address names, or `query` where it is no address."""
    method_gone = re.sub(r"^(?:GET|POST) +", "", query.strip())
    try:
        path = urlsplit(method_gone).path
    except ValueError:
        return "query"
    last = path.rstrip("/").removesuffix("/_search").rpartition("/")[2]
    return last if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", last) else "query"
