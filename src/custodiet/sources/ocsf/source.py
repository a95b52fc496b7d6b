"""OCSF events as a source of accesses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from custodiet.ingest.ports import NotAudit, RecordSource, SourceRecord
from custodiet.model.access import Access
from custodiet.model.deliveries import Problem
from custodiet.sources.json_records import JsonRecord, canonical, cut_json, member, text_of
from custodiet.sources.ocsf.classes import CLASSES, deed_of
from custodiet.sources.ocsf.settings import OcsfSettings
from custodiet.sources.ocsf.subjects import subjects_of

_STATUS = {1: "success", 2: "failure"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ocsf_source(settings: OcsfSettings | None = None) -> RecordSource:
    """Return a source that reads events of OCSF 1.x, one a line, alone, or in an array."""
    chosen = settings or OcsfSettings()

    def read(stream: BinaryIO, name: str) -> Iterator[SourceRecord | NotAudit]:  # noqa: ARG001 - the port's shape
        for record in cut_json(stream):
            yield _record(record, chosen)

    return read


def _record(record: JsonRecord, settings: OcsfSettings) -> SourceRecord | NotAudit:
    event: dict[str, Any] = record.value if isinstance(record.value, dict) else {}
    class_uid = _number(event.get("class_uid"))
    if class_uid is None:
        expected = "an OCSF event in JSON with its class_uid"
        problem = Problem(reason="unreadable", field="class_uid", found=None, expected=expected)
        return SourceRecord(position=record.position, original=record.original, problem=problem)
    if class_uid not in CLASSES:
        return NotAudit(position=record.position)
    told = _accesses(event, class_uid, settings)
    if isinstance(told, Problem):
        return SourceRecord(position=record.position, original=record.original, problem=told)
    return SourceRecord(position=record.position, original=record.original, accesses=told)


def _accesses(event: dict[str, Any], class_uid: int, settings: OcsfSettings) -> tuple[Access, ...] | Problem:
    text, occurred_at = _time(event)
    if text is None or occurred_at is None:
        reason = "missing" if text is None else "bad_time"
        return Problem(reason=reason, field="time", found=text, expected="milliseconds since 1970")
    operator, account = _person(member(event, "actor"))
    if operator is None and account is None:
        return Problem(reason="missing", field="actor", found=None, expected="a user, session, application or process")
    subjects = subjects_of(event, class_uid, settings)
    if not subjects:
        return Problem(reason="missing", field="resources", found=None, expected="what was accessed, by uid or name")
    deed = deed_of(class_uid, _number(event.get("activity_id")))
    return tuple(
        Access(
            occurred_at=occurred_at,
            occurred_at_text=text,
            system=settings.system or _product(event),
            action=deed.action,
            channel=deed.channel,
            subject=subject.name,
            subject_kind=subject.kind,
            operator=operator,
            account=account,
            device=_device(event),
            search_terms=_terms(event),
            record=subject.record,
            session=text_of(event, "actor", "session", "uid"),
            outcome=_outcome(event),
            source_event_id=text_of(event, "metadata", "uid"),
            sequence=_number(member(event, "metadata").get("sequence")),
            extra=_extra(event, class_uid),
        )
        for subject in subjects
    )


def _time(event: dict[str, Any]) -> tuple[str | None, datetime | None]:
    """Return the text of the time and the instant: `time` in milliseconds, else `time_dt`."""
    milliseconds, written = event.get("time"), text_of(event, "time_dt")
    if milliseconds is None and written is not None:
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            return written, None
        return written, None if moment.tzinfo is None else moment.astimezone(UTC)
    number = _number(milliseconds)
    if number is None:
        return text_of(event, "time"), None
    try:
        return str(number), _EPOCH + timedelta(milliseconds=number)
    except OverflowError:
        return str(number), None


def _person(actor: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the operator's staff number, where a directory gave it, and the login; for lack of a user what acted."""
    user = member(actor, "user") or member(actor, "process", "user")
    operator = text_of(user, "ldap_person", "employee_uid")
    names = (text_of(user, "name"), text_of(user, "uid"), text_of(user, "email_addr"), text_of(user, "uid_alt"))
    others = (
        text_of(actor, "invoked_by"),
        text_of(actor, "app_name"),
        text_of(actor, "app_uid"),
        text_of(actor, "process", "name"),
        text_of(actor, "process", "uid"),
        text_of(actor, "session", "uid"),
    )
    return operator, next((name for name in (*names, *others) if name), None)


def _device(event: dict[str, Any]) -> str | None:
    places = (member(event, "src_endpoint"), member(event, "device"))
    kinds = ("hostname", "ip", "name", "uid")
    return next((name for place in places for kind in kinds if (name := text_of(place, kind))), None)


def _terms(event: dict[str, Any]) -> str | None:
    return text_of(event, "query_info", "query_string") or text_of(event, "http_request", "url", "query_string")


def _product(event: dict[str, Any]) -> str:
    product = member(event, "metadata", "product")
    return text_of(product, "name") or text_of(product, "uid") or text_of(product, "vendor_name") or "ocsf"


def _outcome(event: dict[str, Any]) -> str | None:
    """Return denied where a control stopped it, else the status."""
    if _number(event.get("action_id")) == 2:
        return "denied"
    status = text_of(event, "status")
    return status.lower() if status else _STATUS.get(_number(event.get("status_id")) or 0)


def _number(value: Any) -> int | None:
    """Return a whole number; a truth is none in JSON."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _extra(event: dict[str, Any], class_uid: int) -> str | None:
    return canonical(
        {
            "ocsf": text_of(event, "metadata", "version"),
            "class_uid": class_uid,
            "activity_id": _number(event.get("activity_id")),
            "operation": text_of(event, "api", "operation"),
            "method": text_of(event, "http_request", "http_method"),
            "url": text_of(event, "http_request", "url", "url_string") or text_of(event, "http_request", "url", "path"),
            "user_uid": text_of(event, "actor", "user", "uid"),
            "status_detail": text_of(event, "status_detail"),
        }
    )
