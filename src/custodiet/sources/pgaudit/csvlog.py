"""Cut a `csvlog` file into entries: CSV of 26 columns (since PostgreSQL 14) in which a statement may span lines.

Where an entry ends follows from its quotation marks alone: PostgreSQL doubles every mark inside a field, so that a whole
entry has an even number. A look-alike of an entry inside a statement is therefore never taken for one. Only when that reading
fails (a torn entry leaves a mark open, and what follows has the wrong shape) is the first line given up and the
reading begun again on the second.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from custodiet.sources.pgaudit.log_record import LogRecord, TornRecord, torn
from custodiet.sources.pgaudit.separated import split_fields

EXPECTED = "an entry of a csvlog: 26 columns from a time to a query's number, with its quotation marks closed"

#: An entry longer than this is torn: no statement is, and a quotation mark left open must not swallow the file.
LONGEST = 64 * 1024 * 1024

_TIME = re.compile(r"\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \S+")
_NAME, _DATABASE, _PID, _HOST, _SESSION, _LINE, _MESSAGE, _APPLICATION, _QUERY = 1, 2, 3, 4, 5, 6, 13, 22, 25


def cut_csvlog(stream: BinaryIO) -> Iterator[LogRecord | TornRecord]:
    """Yield the file's entries in order; every byte is in one of them."""
    lines = _Lines(stream)
    while (first := lines.take()) is not None:
        position = lines.taken
        taken = [first]
        whole = _gather(lines, taken)
        original = b"".join(taken).rstrip(b"\r\n")
        entry = _entry(position, original) if whole else None
        if entry is None:
            lines.give_back(taken[1:])
            entry = torn(position, first.rstrip(b"\r\n"), EXPECTED)
        yield entry


def _gather(lines: _Lines, taken: list[bytes]) -> bool:
    """Take lines until the quotation marks are even; False where they never are."""
    marks, size = taken[0].count(b'"'), len(taken[0])
    while marks % 2:
        line = lines.take()
        if line is None or size > LONGEST:
            return False
        taken.append(line)
        marks += line.count(b'"')
        size += len(line)
    return True


class _Lines:
    """The lines of a stream, some of which can be given back; knows how many are taken."""

    __slots__ = ("_returned", "_stream", "taken")

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._returned: deque[bytes] = deque()
        self.taken = 0

    def take(self) -> bytes | None:
        line = self._returned.popleft() if self._returned else self._stream.readline()
        if not line:
            return None
        self.taken += 1
        return line

    def give_back(self, lines: list[bytes]) -> None:
        self._returned.extendleft(reversed(lines))
        self.taken -= len(lines)


def _entry(position: int, original: bytes) -> LogRecord | TornRecord | None:
    """Return the entry, or None where the bytes have not the shape of one."""
    if not original.strip():
        return LogRecord(position=position, original=original, time="", message="")
    try:
        fields = split_fields(original.decode())
    except UnicodeDecodeError:
        return None
    if fields is None or len(fields) != 26 or not _TIME.fullmatch(fields[0]):
        return None
    if not fields[_LINE].isdecimal() or not fields[_QUERY].removeprefix("-").isdecimal():
        return None
    return LogRecord(
        position=position,
        original=original,
        time=fields[0],
        message=fields[_MESSAGE],
        pid=fields[_PID] or None,
        user=fields[_NAME] or None,
        database=fields[_DATABASE] or None,
        host=_host(fields[_HOST]),
        application=fields[_APPLICATION] or None,
        session=fields[_SESSION] or None,
        line_number=int(fields[_LINE]),
    )


def _host(connection: str) -> str | None:
    """Return the host of `host:port`; an address of IPv6 holds colons itself, and `[local]` has no port."""
    host, colon, port = connection.rpartition(":")
    return (host if colon and port.isdecimal() else connection) or None
