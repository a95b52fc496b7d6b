"""What was accessed: each class of OCSF names it in members of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from custodiet.model.access import SubjectKind
from custodiet.sources.json_records import member, members, text_of
from custodiet.sources.ocsf.classes import API, DATASTORE, ENTITY_MANAGEMENT, FILE_HOSTING
from custodiet.sources.ocsf.settings import OcsfSettings


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that an event names."""

    name: str
    kind: SubjectKind
    record: str | None = None


def subjects_of(event: dict[str, Any], class_uid: int, settings: OcsfSettings) -> list[Subject]:
    """Return the things accessed, each once, in the event's order."""
    if class_uid == DATASTORE:
        found = _datastore(event)
    elif class_uid == FILE_HOSTING:
        found = _file(member(event, "file"), None)
    elif class_uid == ENTITY_MANAGEMENT:
        found = _entity(member(event, "entity"), settings)
    else:
        found = _resources(members(event, "resources" if class_uid == API else "web_resources"), settings)
    return list(dict.fromkeys(found))


def _resources(resources: list[dict[str, Any]], settings: OcsfSettings) -> Iterator[Subject]:
    for resource in resources:
        if (name := _name(resource) or text_of(resource, "url_string")) is not None:
            yield Subject(name, settings.kind_of(text_of(resource, "type")))


def _entity(entity: dict[str, Any], settings: OcsfSettings) -> Iterator[Subject]:
    name = _name(entity) or next((found for part in _PARTS if (found := _name(member(entity, part)))), None)
    if name is not None:
        yield Subject(name, settings.kind_of(text_of(entity, "type")))


_PARTS = ("user", "group", "device", "org", "policy", "email", "location")


def _datastore(event: dict[str, Any]) -> Iterator[Subject]:
    """Yield the file in a bucket as an item, else the table, database or bucket, whose records are not told."""
    bucket, table, database = member(event, "databucket"), member(event, "table"), member(event, "database")
    files = list(_file(member(bucket, "file"), _title(bucket)))
    yield from files
    parts = [name for part in (database, table) if (name := _title(part))]
    if parts:
        yield Subject(".".join(parts), SubjectKind.TABLE)
    elif not files and (name := _title(bucket)) is not None:
        yield Subject(name, SubjectKind.TABLE)


def _file(file: dict[str, Any], record: str | None) -> Iterator[Subject]:
    name = text_of(file, "uid") or text_of(file, "path") or text_of(file, "uri") or text_of(file, "name")
    if name is not None:
        yield Subject(name, SubjectKind.ITEM, record)


def _name(value: dict[str, Any]) -> str | None:
    return text_of(value, "uid") or text_of(value, "name")


def _title(value: dict[str, Any]) -> str | None:
    """Return the name of a table, database or bucket, under which it is known better than under its number."""
    return text_of(value, "name") or text_of(value, "uid")
