"""Cut a `jsonlog` file into entries: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from custodiet.sources.pgaudit.log_record import LogRecord, TornRecord, torn

EXPECTED = "a JSON object with the texts timestamp and message"


def cut_jsonlog(stream: BinaryIO) -> Iterator[LogRecord | TornRecord]:
    """Yield every line of the file as an entry, in order; blank lines are entries with an empty message."""
    for position, line in enumerate(stream, start=1):
        yield _entry(position, line.rstrip(b"\r\n"))


def _entry(position: int, original: bytes) -> LogRecord | TornRecord:
    if not original.strip():
        return LogRecord(position=position, original=original, time="", message="")
    try:
        fields = json.loads(original)
        if b"\\u" in original:
            json.dumps(fields, ensure_ascii=False).encode()  # half a character cannot be written again
    except ValueError:  # UnicodeDecodeError is one too
        return torn(position, original, EXPECTED)
    if not isinstance(fields, dict):
        return torn(position, original, EXPECTED)
    time, message = fields.get("timestamp"), fields.get("message", "")
    if not isinstance(time, str) or not isinstance(message, str):
        return torn(position, original, EXPECTED)
    line_number = fields.get("line_num")
    return LogRecord(
        position=position,
        original=original,
        time=time,
        message=message,
        pid=_text(fields, "pid"),
        user=_text(fields, "user"),
        database=_text(fields, "dbname"),
        host=_text(fields, "remote_host"),
        application=_text(fields, "application_name"),
        session=_text(fields, "session_id"),
        line_number=line_number if isinstance(line_number, int) else None,
    )


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return None if value is None or value == "" else str(value)
