"""Read the text that pgAudit writes: `AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.persons,"…","…",1`."""

from __future__ import annotations

from dataclasses import dataclass

from custodiet.sources.pgaudit.log_record import AUDIT_MARK
from custodiet.sources.pgaudit.separated import split_fields

NONE, NOT_LOGGED, PREVIOUSLY_LOGGED = "<none>", "<not logged>", "<previously logged>"
SUPPRESSED = "<long param suppressed>"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditMessage:
    """One audit entry. `statement` and `parameters` are None where pgAudit did not log them here."""

    kind: str  # SESSION or OBJECT
    statement_id: int
    substatement_id: int
    audit_class: str  # READ, WRITE, FUNCTION, ROLE, DDL, MISC, MISC_SET
    command: str
    object_type: str | None
    object_name: str | None
    statement: str | None
    parameters: tuple[str | None, ...] | None
    previously_logged: bool = False
    rows: int | None = None


def parse_message(text: str) -> AuditMessage | None:
    """Return the entry, or None where the text has not the shape that pgAudit writes."""
    fields = split_fields(text.removeprefix(AUDIT_MARK))
    if fields is None or len(fields) not in {9, 10} or fields[0] not in {"SESSION", "OBJECT"}:
        return None
    statement_id, substatement_id, rows = fields[1], fields[2], fields[9] if len(fields) == 10 else ""
    if not (statement_id.isdecimal() and substatement_id.isdecimal() and (not rows or rows.isdecimal())):
        return None
    if not fields[3] or not fields[4]:
        return None
    return AuditMessage(
        kind=fields[0],
        statement_id=int(statement_id),
        substatement_id=int(substatement_id),
        audit_class=fields[3],
        command=fields[4],
        object_type=fields[5] or None,
        object_name=fields[6] or None,
        statement=None if fields[7] in {NOT_LOGGED, PREVIOUSLY_LOGGED} else fields[7],
        parameters=_parameters(fields[8]),
        previously_logged=fields[7] == PREVIOUSLY_LOGGED,
        rows=int(rows) if rows else None,
    )


def _parameters(text: str) -> tuple[str | None, ...] | None:
    """Return the values in order. A NULL and an empty text are written alike, so both become None."""
    if text in {NOT_LOGGED, PREVIOUSLY_LOGGED}:
        return None
    if text == NONE:
        return ()
    fields = split_fields(text)
    if fields is None:
        return None
    return tuple(None if value in {"", SUPPRESSED} else value for value in fields)
