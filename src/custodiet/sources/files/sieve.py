"""Which lines of a file are no records: blanks, skipped lines, repeated headers and the trailer, whose count is checked."""

from __future__ import annotations

import re
from typing import Final

from custodiet.errors import BadInput
from custodiet.ingest.reading import Reading
from custodiet.sources.files.lines import Lines

_MARK: Final = "\ufeff"  # files joined end to end carry marks inside


def compiled(pattern: str, file: str, field: str) -> re.Pattern[str]:
    """Return the compiled regular expression, or refuse it by its place in the mapping."""
    try:
        return re.compile(pattern)
    except re.error as fault:
        raise BadInput(f"This is no regular expression: {fault}.", file=file, field=field, found=pattern) from None


class Sieve:
    """Tells records from other lines, counts both, and holds the trailer to its word."""

    def __init__(self, reading: Reading, name: str) -> None:
        self._name = name
        self._blank_may_hold = reading.delimiter
        self._skip = tuple(compiled(pattern, name, "read.skip") for pattern in reading.skip)
        self._trailer = None if reading.trailer is None else compiled(reading.trailer, name, "read.trailer")
        self._headers: set[str] = set()
        self._records = 0  # since the last trailer
        self._closed = False  # the last line that was not blank is a trailer
        self.not_audit = 0

    def heard(self, header: str) -> None:
        """Remember a header line; the same line further on, as in files joined end to end, is a header again."""
        self._headers.add(header.rstrip("\r\n"))
        self.not_audit += 1

    def candidates(self, texts: list[str]) -> set[int]:
        """Return the indices of the lines that are no records where they stand outside quotes."""
        found = {index for index, text in enumerate(texts) if not text.strip(" \r\n") and self._is_blank(text)}
        for pattern in (*self._skip, *(() if self._trailer is None else (self._trailer,))):
            search = pattern.search
            found.update(index for index, text in enumerate(texts) if search(text.rstrip("\r\n")))
        if self._headers:
            first = {header[:1] for header in self._headers} | {_MARK}
            found.update(index for index, text in enumerate(texts) if text[:1] in first and self._is_header(text))
        return found

    def lets_pass(self, data: bytes, lines: Lines) -> bool:
        """Tell whether no line of the block is skipped, a header or a trailer."""
        if self._skip or self._trailer is not None:
            return not self.candidates(lines.texts(data))
        return not any(lines.encoding.encode(header) in data for header in self._headers)

    def is_skipped(self, text: str) -> bool:
        """Tell whether the line is blank or one that the mapping skips."""
        bare = text.rstrip("\r\n")
        return self._is_blank(text) or any(pattern.search(bare) for pattern in self._skip)

    def pass_by(self, text: str, line: int) -> None:
        """Count a line that is no record; a trailer's count must be that of the records before it."""
        self.not_audit += 1
        bare = text.rstrip("\r\n")
        match = None if self._trailer is None else self._trailer.search(bare)
        if match is None:
            self._closed = self._closed and self._is_blank(text)
            return
        self._check(match, line)
        self._closed, self._records = True, 0

    def pass_record(self, records: int = 1) -> None:
        """Count records, readable or not."""
        self._records += records
        if records:
            self._closed = False

    def taken(self) -> int:
        """Return the lines that were no records since the last call."""
        counted, self.not_audit = self.not_audit, 0
        return counted

    def finish(self) -> None:
        """Refuse a file that should close with a trailer and does not: it is cut short."""
        if self._trailer is not None and not self._closed:
            raise BadInput(
                "The file does not end with its closing line; it may be cut short.",
                file=self._name,
                field="read.trailer",
                found=f"{self._records} records after the last closing line",
                expected=f"a last line like {self._trailer.pattern}",
            )

    def _check(self, match: re.Match[str], line: int) -> None:
        stated = match.groupdict().get("count")
        if stated is None:
            return
        if not stated.strip().isdecimal() or int(stated) != self._records:
            raise BadInput(
                "The closing line does not state the number of records before it.",
                file=self._name,
                line=line,
                field="read.trailer",
                found=f"{self._records} records",
                expected=stated,
            )

    def _is_blank(self, text: str) -> bool:
        return not text.strip(" \r\n") and (self._blank_may_hold != " " or not text.strip("\r\n"))

    def _is_header(self, text: str) -> bool:
        return text.lstrip(_MARK).rstrip("\r\n") in self._headers
