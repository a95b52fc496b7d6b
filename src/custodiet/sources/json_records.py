"""Cut a delivery of JSON into its records: one a line, one in all, or the elements of a list inside a document.

Whichever way they come, each record keeps its own bytes as delivered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonRecord:
    """One record: its value, or None where the bytes are no JSON."""

    position: int  # the line where it begins in JSON Lines, else the record's number, from 1
    original: bytes
    value: Any | None


_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def cut_json(stream: BinaryIO, lists: tuple[str, ...] = ()) -> Iterator[JsonRecord]:
    """Yield the stream's records in order.

    A first line that is whole JSON announces JSON Lines; else the stream is one document. Elements of a top-level array, and of the
    members named in `lists`, are records of their own. What is neither is cut at its lines, and blank lines are left out.
    """
    first = stream.readline()
    if first.startswith(b"\xef\xbb\xbf"):
        first = first[3:]
    if _value(first) is not None or not first:
        yield from _lines(chain([first], stream), lists)
        return
    content = first + stream.read()
    if (value := _value(content)) is not None:
        pieces = _pieces(content.decode(), value, lists)
        for position, (original, piece) in enumerate(pieces, start=1):
            yield JsonRecord(position=position, original=original, value=piece)
        return
    yield from _lines(content.splitlines(keepends=True), lists)


def _lines(lines: Iterator[bytes] | list[bytes] | chain[bytes], lists: tuple[str, ...]) -> Iterator[JsonRecord]:
    for position, line in enumerate(lines, start=1):
        original = line.rstrip(b"\r\n")
        if not original.strip():
            continue
        value = _value(original)
        if value is None:
            yield JsonRecord(position=position, original=original, value=None)
            continue
        for piece, element in _pieces(original.decode(), value, lists):
            yield JsonRecord(position=position, original=piece, value=element)


def _value(content: bytes) -> Any | None:
    """Return what the bytes say, or None where they are no JSON (or the word null, which is no record either).

    An escape that names half a character makes a text that cannot be written again: no JSON that a record may hold.
    """
    try:
        value = json.loads(content.decode())
        if b"\\u" in content:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value


def _pieces(text: str, value: Any, lists: tuple[str, ...]) -> Iterator[tuple[bytes, Any]]:
    """Yield the records in a document with their bytes."""
    if isinstance(value, list):
        yield from _elements(text, _skip(text, 0))
    elif isinstance(value, dict) and any(isinstance(value.get(name), list) for name in lists):
        yield from _members(text, lists)
    else:
        yield text.strip().encode(), value


def _members(text: str, lists: tuple[str, ...]) -> Iterator[tuple[bytes, Any]]:
    """Yield the elements of the named lists of the object that the text is."""
    position = _skip(text, _skip(text, 0) + 1)
    while text[position] != "}":
        name, position = _DECODER.raw_decode(text, position)
        position = _skip(text, _skip(text, position) + 1)
        value, end = _DECODER.raw_decode(text, position)
        if name in lists and isinstance(value, list):
            yield from _elements(text, position)
        position = _next(text, end)


def _elements(text: str, position: int) -> Iterator[tuple[bytes, Any]]:
    """Yield the elements of the array that begins at the position."""
    position = _skip(text, position + 1)
    while text[position] != "]":
        value, end = _DECODER.raw_decode(text, position)
        yield text[position:end].encode(), value
        position = _next(text, end)


def _next(text: str, end: int) -> int:
    """Return where the next member or element, or the closing bracket, stands."""
    position = _skip(text, end)
    return _skip(text, position + 1) if text[position] == "," else position


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return position if match is None else match.end()


def member(value: Any, *names: str) -> dict[str, Any]:
    """Return the object under the names, one inside the other; an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def members(value: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects in the list under the name; a single object counts as a list of one."""
    found = value.get(name) if isinstance(value, dict) else None
    if isinstance(found, dict):
        return [found]
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def text_of(value: Any, *names: str) -> str | None:
    """Return the text or number under the names as text; None where there is none or it is empty."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(fields: dict[str, Any]) -> str | None:
    """Return the fields that hold something as canonical JSON, or None where none does."""
    kept = {name: value for name, value in fields.items() if value not in (None, "", [], {})}
    return _CANONICAL.encode(kept) if kept else None
