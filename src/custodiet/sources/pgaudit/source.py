"""A PostgreSQL server log with pgAudit entries, as a source of accesses."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO, Literal

from custodiet.ingest.ports import NotAudit, RecordSource, SourceRecord
from custodiet.model.access import Access
from custodiet.model.deliveries import Problem
from custodiet.sources.pgaudit.accesses import accesses_of
from custodiet.sources.pgaudit.attribution import Attribution
from custodiet.sources.pgaudit.csvlog import cut_csvlog
from custodiet.sources.pgaudit.jsonlog import cut_jsonlog
from custodiet.sources.pgaudit.log_record import LogRecord, TornRecord
from custodiet.sources.pgaudit.message import AuditMessage, parse_message
from custodiet.sources.pgaudit.prefix import compile_prefix
from custodiet.sources.pgaudit.settings import PgAuditSettings
from custodiet.sources.pgaudit.stderr import StderrCutter
from custodiet.sources.pgaudit.times import LogZone

LogFormat = Literal["csvlog", "jsonlog", "stderr"]

#: Statements and accesses remembered, over all sessions, for entries that refer back to them: such entries follow closely.
STATEMENTS, ACCESSES = 4096, 200_000


def pgaudit_source(format: LogFormat, settings: PgAuditSettings) -> RecordSource:  # noqa: A002 - the setting's own name
    """Return a source that reads server logs of the given format.

    Raises `BadInput` where the settings name no time zone or no prefix that can be.
    """
    zone = LogZone(settings.zone)
    prefix = compile_prefix(settings.log_line_prefix)

    def read(stream: BinaryIO, name: str) -> Iterator[SourceRecord | NotAudit]:  # noqa: ARG001 - the port's shape
        cutters: dict[LogFormat, Callable[[BinaryIO], Iterator[LogRecord | TornRecord]]] = {
            "csvlog": cut_csvlog,
            "jsonlog": cut_jsonlog,
            "stderr": StderrCutter(prefix, zone),
        }
        reading = _Reading(settings, zone)
        return map(reading.record, cutters[format](stream))

    return read


@dataclass(slots=True)
class _Statement:
    """What is remembered of a statement: its text, its parameters, and the accesses that its entries told."""

    text: str | None = None
    parameters: tuple[str | None, ...] | None = None
    told: dict[tuple[object, ...], tuple[Access, ...]] = field(default_factory=dict)


class _Reading:
    """One reading of one log."""

    def __init__(self, settings: PgAuditSettings, zone: LogZone) -> None:
        self._settings, self._zone = settings, zone
        self._attribution = Attribution(settings)
        self._statements: OrderedDict[tuple[str, int, int], _Statement] = OrderedDict()
        self._remembered = 0

    def record(self, entry: LogRecord | TornRecord) -> SourceRecord | NotAudit:
        """Return the accesses of an entry, why it is in quarantine, or that it is no audit entry."""
        if isinstance(entry, TornRecord):
            return SourceRecord(position=entry.position, original=entry.original, problem=entry.problem)
        if not entry.is_audit:
            return NotAudit(position=entry.position)
        outcome = self._told(entry)
        if isinstance(outcome, Problem):
            return SourceRecord(position=entry.position, original=entry.original, problem=outcome)
        return SourceRecord(position=entry.position, original=entry.original, accesses=outcome)

    def _told(self, entry: LogRecord) -> tuple[Access, ...] | Problem:
        message = parse_message(entry.message)
        if message is None:
            expected = "kind, statement, substatement, class, command, object type, object, statement text, parameters"
            return Problem(
                reason="unreadable", field="message", found=None, expected=f"an entry of pgAudit: {expected}"
            )
        if entry.user is None:
            return Problem(reason="missing", field="user", found=None, expected="the database user of the session")
        occurred_at = self._zone.instant(entry.time)
        if occurred_at is None:
            return Problem(
                reason="bad_time", field="time", found=entry.time, expected="a time with a zone that is known"
            )
        statement = self._statement(entry, message)
        message = self._completed(message, statement)
        return self._accesses(entry, message, statement, occurred_at)

    def _accesses(
        self, entry: LogRecord, message: AuditMessage, statement: _Statement, occurred_at: datetime
    ) -> tuple[Access, ...]:
        """Return the entry's accesses: those of an earlier entry where that one told the same."""
        about = (message.command, message.statement, message.parameters)
        whole, part = (None, *about), (message.object_name, *about)
        if (told := statement.told.get(whole) or statement.told.get(part)) is not None:
            return told
        repeated = message.object_name is None and self._is_repeated(entry, message)
        seen = self._attribution(message, entry.database or "postgresql", told=repeated)
        accesses = accesses_of(entry, message, seen, occurred_at, self._settings)
        if entry.session is not None:
            statement.told[part] = accesses
            self._remembered += len(accesses)
        return accesses

    def _is_repeated(self, entry: LogRecord, message: AuditMessage) -> bool:
        """Tell whether the part of the statement before this one had the very text: COPY and DECLARE end with such an entry."""
        before = (entry.session or "", message.statement_id, message.substatement_id - 1)
        earlier = self._statements.get(before)
        return earlier is not None and message.statement is not None and earlier.text == message.statement

    def _statement(self, entry: LogRecord, message: AuditMessage) -> _Statement:
        """Return what is remembered of the entry's statement. Without a session nothing may be."""
        if entry.session is None:
            return _Statement()
        key = (entry.session, message.statement_id, message.substatement_id)
        while len(self._statements) >= STATEMENTS or self._remembered > ACCESSES:
            _, forgotten = self._statements.popitem(last=False)
            self._remembered -= sum(map(len, forgotten.told.values()))
        return self._statements.setdefault(key, _Statement())

    def _completed(self, message: AuditMessage, statement: _Statement) -> AuditMessage:
        """Return the entry with the text that an earlier entry of its statement told; remember it where this one tells it."""
        if message.statement is not None:
            statement.text, statement.parameters = message.statement, message.parameters
            return message
        if message.previously_logged and statement.text is not None:
            return replace(message, statement=statement.text, parameters=statement.parameters)
        return message
