"""Turn what an audit entry touched into accesses."""

from __future__ import annotations

import json
import re
from datetime import datetime

from custodiet.model.access import Access, Action, Channel, SubjectKind
from custodiet.sources.pgaudit.attribution import Seen
from custodiet.sources.pgaudit.log_record import LogRecord
from custodiet.sources.pgaudit.message import AuditMessage
from custodiet.sources.pgaudit.settings import PgAuditSettings
from custodiet.sources.pgaudit.touches import Role

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

_BY_COMMAND = {
    "SELECT": Action.CONSULTATION,
    "INSERT": Action.COLLECTION,
    "UPDATE": Action.ALTERATION,
    "DELETE": Action.ERASURE,
    "MERGE": Action.ALTERATION,
    "TRUNCATE TABLE": Action.ERASURE,
}
_BY_ROLE = {
    Role.READ: Action.CONSULTATION,
    Role.INSERT: Action.COLLECTION,
    Role.UPDATE: Action.ALTERATION,
    Role.DELETE: Action.ERASURE,
    Role.COPY_IN: Action.COLLECTION,
    Role.COPY_OUT: Action.DISCLOSURE,
}


def action_of(message: AuditMessage, seen: Seen) -> Action:
    """Return which of the six operations the entry shows for what it touched; README.md has the table and its reasons."""
    if message.audit_class in {"READ", "WRITE"}:
        return _of_records(message, seen.role)
    if message.audit_class in {"DDL", "ROLE"}:
        return Action.ERASURE if message.command.startswith("DROP") else Action.ALTERATION
    return Action.CONSULTATION


def _of_records(message: AuditMessage, role: Role | None) -> Action:
    """Return the operation of a READ or WRITE entry: the statement's role for the table where it says more than the command."""
    locks_only = message.command == "UPDATE" and role is Role.READ  # SELECT ... FOR UPDATE
    tells_more = message.object_name is None or locks_only or role in {Role.COPY_IN, Role.COPY_OUT}
    if role is not None and tells_more and role in _BY_ROLE:
        return _BY_ROLE[role]
    otherwise = Action.CONSULTATION if message.audit_class == "READ" else Action.ALTERATION
    return _BY_COMMAND.get(message.command, otherwise)


def channel_of(message: AuditMessage, seen: Seen, settings: PgAuditSettings) -> Channel:
    """Return how it was done: reads without a known record are searches where they have a condition, lists where not."""
    if message.audit_class not in {"READ", "WRITE"} or message.command == "PREPARE" or checks_foreign_key(message):
        return Channel.API
    if seen.role is Role.COPY_OUT:
        return Channel.EXPORT
    if action_of(message, seen) is not Action.CONSULTATION:
        return Channel.EDIT
    if seen.kind is not SubjectKind.TABLE:
        return settings.channel
    return Channel.LIST if seen.search is None else Channel.SEARCH


_FOREIGN_KEY_CHECK = re.compile(r"\s*SELECT 1 FROM ONLY .* x WHERE .* FOR KEY SHARE OF x", re.DOTALL)


def checks_foreign_key(message: AuditMessage) -> bool:
    """Tell whether the server itself asked, to see that a row that another row names is there. It shows nobody anything."""
    return message.statement is not None and _FOREIGN_KEY_CHECK.fullmatch(message.statement) is not None


def event_id(record: LogRecord, message: AuditMessage) -> str | None:
    """Return the entry's identifier, or None where the log does not tell the session.

    It leaves out SESSION and OBJECT: two entries for one relation of one statement tell the same access.
    """
    if record.session is None:
        return None
    parts = (record.session, message.statement_id, message.substatement_id, message.command, message.object_name or "")
    return "/".join(str(part) for part in parts)


def accesses_of(
    record: LogRecord, message: AuditMessage, seen: tuple[Seen, ...], occurred_at: datetime, settings: PgAuditSettings
) -> tuple[Access, ...]:
    """Return one access for each subject, or one for the table, listing the subjects, where there are too many."""
    extra = _extra(record, message)
    if len(seen) > settings.fan_out:
        extra["subjects"] = sorted(f"{one.kind}:{one.subject}" for one in seen)
        first = seen[0]
        name = first.table or first.subject
        seen = (Seen(subject=name, kind=SubjectKind.TABLE, table=None, role=first.role, search=first.search),)
    people = _people(record, settings)
    canonical = _CANONICAL.encode(extra)
    identifier = event_id(record, message)
    return tuple(
        Access(
            occurred_at=occurred_at,
            occurred_at_text=record.time,
            system=settings.system or record.database or "postgresql",
            action=action_of(message, one),
            channel=channel_of(message, one, settings),
            subject=one.subject,
            subject_kind=one.kind,
            requester=people.get("requester"),
            operator=people.get("operator"),
            account=record.user,
            device=people.get("device") or record.host,
            search_terms=one.search,
            record=one.table,
            session=record.session,
            source_event_id=identifier,
            extra=canonical,
        )
        for one in seen
    )


def _extra(record: LogRecord, message: AuditMessage) -> dict[str, object]:
    fields: dict[str, object | None] = {
        "application": record.application,
        "class": message.audit_class,
        "command": message.command,
        "database": record.database,
        "foreign_key_check": True if checks_foreign_key(message) else None,
        "object_type": message.object_type,
        "rows": message.rows,
        "statement": None if message.statement is not None else "not logged",
    }
    return {name: value for name, value in fields.items() if value is not None}


def _people(record: LogRecord, settings: PgAuditSettings) -> dict[str, str | None]:
    """Return the fields that an application writes into its name for the person behind a shared account."""
    pattern = settings.application_pattern
    match = pattern.search(record.application) if pattern is not None and record.application is not None else None
    return {} if match is None else {name: value or None for name, value in match.groupdict().items()}
