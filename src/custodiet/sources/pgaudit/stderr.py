"""Cut a `stderr` log into entries: a line that begins with the `log_line_prefix`, then lines that begin with a tab.

PostgreSQL writes a tab after every line break inside a message, so that no statement can look like a new entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from custodiet.sources.pgaudit.log_record import AUDIT_MARK, LogRecord, TornRecord, torn
from custodiet.sources.pgaudit.prefix import Prefix
from custodiet.sources.pgaudit.times import LogZone

EXPECTED = "an entry that begins with the log_line_prefix and ends with a line end"
UNKNOWN = "[unknown]"


class StderrCutter:
    """Cuts one stderr log; keeps when each backend began, for the session identifiers that the prefix leaves out."""

    def __init__(self, prefix: Prefix, zone: LogZone) -> None:
        """Keep the prefix's patterns; `zone` reads the times from which session identifiers are made."""
        self._prefix, self._zone = prefix, zone
        self._sessions: dict[str, str | None] = {}

    def __call__(self, stream: BinaryIO) -> Iterator[LogRecord | TornRecord]:
        """Yield the file's entries in order; every byte is in one of them."""
        position, lines = 1, list[bytes]()
        for number, line in enumerate(stream, start=1):
            if lines and not line.startswith(b"\t"):
                yield self._entry(position, lines)
                lines.clear()
            if not lines:
                position = number
            lines.append(line)
        if lines:
            yield self._entry(position, lines)

    def _entry(self, position: int, lines: list[bytes]) -> LogRecord | TornRecord:
        original = b"".join(lines)
        ended = original.endswith(b"\n")
        original = original.removesuffix(b"\n")
        try:
            text = original.decode()
        except UnicodeDecodeError:
            return torn(position, original, "text in UTF-8")
        match = self._prefix.whole.match(text)
        if match is None:
            return self._foreign(position, original, text, ended=ended)
        message = text[match.end() :].replace("\n\t", "\n") if match["severity"] == "LOG" else ""
        if not ended and (message.startswith(AUDIT_MARK) or AUDIT_MARK.startswith(message)):
            return torn(position, original, EXPECTED)  # its last field may be cut short, and a key with it
        return self._record(position, original, match, message)

    def _foreign(self, position: int, original: bytes, text: str, *, ended: bool) -> LogRecord | TornRecord:
        """Return a line of another program as an entry without meaning, and what may be a piece of an audit line as torn."""
        if AUDIT_MARK in text or text.startswith("\t") or self._prefix.start.match(text) or not ended:
            return torn(position, original, EXPECTED)
        return LogRecord(position=position, original=original, time="", message="")

    def _record(self, position: int, original: bytes, match: re.Match[str], message: str) -> LogRecord:
        fields = {name: value for name, value in match.groupdict().items() if value not in {None, "", UNKNOWN}}
        time = fields.get("time") or fields.get("time_s") or fields.get("epoch") or ""
        pid, line_number = fields.get("pid"), fields.get("line_number")
        return LogRecord(
            position=position,
            original=original,
            time=time,
            message=message,
            pid=pid,
            user=fields.get("user"),
            database=fields.get("database"),
            host=fields.get("host") or _host(fields.get("host_port")),
            application=fields.get("application"),
            session=fields.get("session") or self._session(pid, fields.get("started"), time, message),
            line_number=int(line_number) if line_number else None,
        )

    def _session(self, pid: str | None, started: str | None, time: str, message: str) -> str | None:
        """Return PostgreSQL's own session identifier, made as it makes it: start in whole seconds, dot, process number."""
        if pid is None:
            return None
        if started is not None:
            return _session_id(self._zone.instant(started), pid)
        if message.startswith("connection received: "):
            self._sessions[pid] = _session_id(self._zone.instant(time), pid)
        return self._sessions.get(pid)


def _session_id(instant: datetime | None, pid: str) -> str | None:
    return None if instant is None else f"{int(instant.timestamp()):x}.{int(pid):x}"


def _host(host_port: str | None) -> str | None:
    """Return the host of `host(port)`."""
    return None if host_port is None else re.sub(r"\(\d+\)$", "", host_port) or None
