"""One entry of a PostgreSQL server log, whatever format it was written in."""

from __future__ import annotations

from dataclasses import dataclass

from custodiet.model.deliveries import Problem

AUDIT_MARK = "AUDIT: "


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """A server log entry cut into the fields that all three formats can tell."""

    position: int  # first line in the file, from 1
    original: bytes
    time: str
    message: str
    pid: str | None = None
    user: str | None = None
    database: str | None = None
    host: str | None = None
    application: str | None = None
    session: str | None = None
    line_number: int | None = None

    @property
    def is_audit(self) -> bool:
        """Tell whether pgAudit wrote the entry."""
        return self.message.startswith(AUDIT_MARK)


@dataclass(frozen=True, slots=True, kw_only=True)
class TornRecord:
    """Bytes of a server log that form no whole entry; they are kept."""

    position: int
    original: bytes
    problem: Problem


def torn(position: int, original: bytes, expected: str, *, found: str | None = None) -> TornRecord:
    """Return the bytes as a torn record whose problem says what was expected in their place."""
    return TornRecord(
        position=position,
        original=original,
        problem=Problem(reason="unreadable", field=None, found=found, expected=expected),
    )
