"""What stands around and between records in a file: enough to make a file of some records that is read like the first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import BinaryIO

from custodiet.ingest.reading import Format, Reading

_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}
_LINES = (Format.CSV, Format.TSV, Format.FIXED_WIDTH, Format.JSON_LINES)
_MOST = 1 << 20  # no header is longer
#: A line, or what is left at the end: without that case a long text without line end would be searched from each letter.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The bytes before, between and after the records."""

    head: bytes = b""
    between: bytes = b"\n"
    tail: bytes = b"\n"

    def around(self, originals: Iterable[bytes]) -> bytes:
        """Return a file of these records."""
        return self.head + self.between.join(originals) + self.tail


#: Records one to a line.
PLAIN = Envelope()


def envelope_of(reading: Reading, stream: BinaryIO) -> Envelope:
    """Return the envelope of the file that begins with this stream: its own header lines, and their encoding."""
    start = stream.read(_MOST)
    mark = next((mark for mark in _MARKS if start.startswith(mark)), b"")
    codec = _MARKS.get(mark, reading.encoding)
    if reading.format in _LINES:
        end = "\n".encode(codec)
        errors = "replace" if codec.startswith("utf-16") else "surrogateescape"  # `start` may end within a character
        head = _header(reading, start[len(mark) :].decode(codec, errors))
        return Envelope(head=mark + head.encode(codec, errors), between=end, tail=end)
    if reading.format is Format.JSON:
        keys = (reading.records or "").split(".") if reading.records else []
        opening = "".join(f"{{{json.dumps(key)}:" for key in keys) + "["
        return _encoded(mark, codec, (opening, ",", "]" + "}" * len(keys)))
    if reading.format is Format.XML:
        names = _outer(reading.records or "")
        opening = "".join(f"<{name}>" for name in names)
        return _encoded(mark, codec, (opening, "\n", "".join(f"</{name}>" for name in reversed(names))))
    return PLAIN  # rows of Parquet and of sheets are kept as JSON, one to a line


def reading_again(reading: Reading) -> Reading:
    """Return how a file of records in their envelope is read: as the first, but it has no trailer."""
    if reading.format in (Format.PARQUET, Format.XLSX):
        return Reading(format=Format.JSON_LINES, missing=reading.missing)
    return replace(reading, trailer=None)


def _encoded(mark: bytes, codec: str, texts: tuple[str, str, str]) -> Envelope:
    head, between, tail = (text.encode(codec) for text in texts)
    return Envelope(head=mark + head, between=between, tail=tail)


def _outer(path: str) -> list[str]:
    """Return the names of the elements around a record, read as the reader of XML reads the path."""
    return path.strip("/").split("/" if "/" in path else ".")[:-1]


def _header(reading: Reading, text: str) -> str:
    """Return the lines up to the last header line, lines to be skipped included."""
    if reading.format not in (Format.CSV, Format.TSV, Format.FIXED_WIDTH):
        return ""
    skip = [re.compile(pattern) for pattern in reading.skip]
    taken, wanted, is_open = 0, reading.header, False
    for line in _LINE.findall(text):
        if wanted == 0 or not line.endswith(("\r", "\n")):
            break
        taken += len(line)
        bare = line.rstrip("\r\n")
        if not is_open and (not bare.strip() or any(pattern.search(bare) for pattern in skip)):
            continue
        is_open ^= bool(reading.quote) and line.count(reading.quote) % 2 == 1
        wanted -= 0 if is_open else 1
    return text[:taken]
