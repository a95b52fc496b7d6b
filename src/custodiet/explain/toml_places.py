"""On which line each key of a TOML text stands: what the parser of the standard library does not tell.

The text must be TOML (the parser says so first); this only follows its tables, keys and values, and never reads a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

#: The way to a key: names of keys, and numbers (from 0) of the items of a list.
Place = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(r"\"\"\"(?:\\.|[^\\])*?\"\"\"\"{0,2}|'''.*?''''{0,2}|\"(?:\\.|[^\"\\])*\"|'[^']*'", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\", "e": "\x1b"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)", re.DOTALL)


def places(text: str) -> Mapping[Place, int]:
    """Return the line (from 1) of each table, key and list item in the TOML text."""
    scanner = _Scanner(text)
    found: dict[Place, int] = {(): 1}
    for place, at in scanner.entries():
        found.setdefault(place, text.count("\n", 0, at) + 1)
    for place, line in list(found.items()):
        for length in range(len(place)):
            found.setdefault(place[:length], line)  # `[a.b]` alone makes the table a, too
    return found


class _Scanner:
    """A reader that stands at a place in the text and moves forward."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._lengths: dict[Place, int] = {}  # of the lists of tables so far

    def entries(self) -> Iterator[tuple[Place, int]]:
        table: Place = ()
        while self._skip_blank():
            start = self._at
            if self._take("[["):
                table = self._next_item(self._key())
                self._take("]]")
                yield table[:-1], start
                yield table, start
            elif self._take("["):
                table = self._resolved(self._key())
                self._take("]")
                yield table, start
            else:
                yield from self._pair(table)

    def _pair(self, table: Place) -> Iterator[tuple[Place, int]]:
        start, key = self._at, self._key()
        for length in range(1, len(key) + 1):
            yield (*table, *key[:length]), start
        self._skip_blank()
        self._take("=")
        yield from self._value((*table, *key))

    def _value(self, place: Place) -> Iterator[tuple[Place, int]]:
        self._skip_blank()
        if self._take("{"):
            yield from self._inline_table(place)
        elif self._take("["):
            yield from self._list(place)
        elif not self._match(_QUOTED):
            self._match(_SCALAR)

    def _inline_table(self, place: Place) -> Iterator[tuple[Place, int]]:
        while self._skip_blank() and not self._take("}"):
            yield from self._pair(place)
            self._skip_blank()
            self._take(",")

    def _list(self, place: Place) -> Iterator[tuple[Place, int]]:
        number = 0
        while self._skip_blank() and not self._take("]"):
            yield (*place, number), self._at
            yield from self._value((*place, number))
            self._skip_blank()
            self._take(",")
            number += 1

    def _key(self) -> tuple[str, ...]:
        names = []
        while True:
            self._skip_blank()
            names.append(self._name())
            self._skip_blank()
            if not self._take("."):
                return tuple(names)

    def _name(self) -> str:
        quoted = self._match(_QUOTED)
        if quoted is None:
            return self._match(_BARE) or ""
        return quoted[1:-1] if quoted[0] == "'" else _ESCAPE.sub(_unescaped, quoted[1:-1])

    def _resolved(self, key: tuple[str, ...]) -> Place:
        """A header names lists of tables without numbers: their last item is meant."""
        place: Place = ()
        for name in key:
            place = (*place, name)
            if place in self._lengths:
                place = (*place, self._lengths[place] - 1)
        return place

    def _next_item(self, key: tuple[str, ...]) -> Place:
        place = (*self._resolved(key[:-1]), key[-1])
        self._lengths[place] = self._lengths.get(place, 0) + 1
        return (*place, self._lengths[place] - 1)

    def _skip_blank(self) -> bool:
        self._match(_BLANK)
        return self._at < len(self._text)

    def _take(self, sign: str) -> bool:
        taken = self._text.startswith(sign, self._at)
        self._at += len(sign) if taken else 0
        return taken

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return found[0]


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if code[0] in "uUx" and len(code) > 1 else _ESCAPES.get(code, code)
