"""A TOML table that is read key by key: each key has a type, none may be left over, and errors name the place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import NoReturn, TypeVar

from custodiet.errors import BadPack
from custodiet.explain.toml_places import Place, places

_T = TypeVar("_T")
_LINE = re.compile(r"at line (\d+)")


class Table:
    """One table of a pack's file. Take what it must hold, then call `done`: an unknown key is an error."""

    def __init__(
        self, values: Mapping[str, object], *, file: str, lines: Mapping[Place, int], place: Place = ()
    ) -> None:
        """Remember the file and the table's place in it, for errors."""
        self._values, self._file, self._lines, self._place = dict(values), file, lines, place
        self._asked: set[str] = set()

    @classmethod
    def of_text(cls, text: str, file: str) -> Table:
        """Return the table that the whole text is; raises BadPack where it is not TOML."""
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = _LINE.search(str(error))
            raise BadPack(f"is not TOML: {error}.", file=file, line=int(line[1]) if line else None) from error
        return cls(values, file=file, lines=places(text.replace("\r\n", "\n")))

    def names(self) -> tuple[str, ...]:
        """Return the keys in the order of the file."""
        return tuple(self._values)

    def fail(  # noqa: PLR0913 - the parts of an error, of which most are left out
        self,
        key: str,
        message: str,
        *,
        found: object = None,
        expected: str | None = None,
        remedy: str | None = None,
        item: int | None = None,
    ) -> NoReturn:
        """Raise the error that names file, line, key, what was found, what was expected and what to do; no full stop is given.

        `item` is the number (from 0) of the item where the key holds a list; an empty key means the table itself.
        """
        raise BadPack(
            f"{message}.",
            file=self._file,
            line=self.line(key, item),
            field=_written((*self._place, key) if key else self._place),
            found=None if found is None else repr(found),
            expected=expected,
            remedy=remedy,
        )

    def unknown(self, key: str, message: str, found: str, known: Iterable[str], *, item: int | None = None) -> NoReturn:
        """Raise the error for a name that is none of the known ones, and say which of them is meant if one is near."""
        names = list(known)
        remedy = likely(found, names)
        self.fail(key, message, found=found, expected="one of " + ", ".join(names), remedy=remedy, item=item)

    def line(self, key: str = "", item: int | None = None) -> int | None:
        """Return the line of the key's item, else of the key, else of the table that should hold it."""
        place: Place = (*self._place, key) if key else self._place
        place = place if item is None else (*place, item)
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place)

    def has(self, key: str) -> bool:
        """Tell whether the key is there."""
        self._asked.add(key)
        return key in self._values

    def peek(self, key: str) -> object:
        """Return what is under the key without checking it."""
        return self._values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty."""
        value = self._take(key, default)
        if not isinstance(value, str) or not value.strip():
            self.fail(key, "is not a text", found=value, expected="a text")
        return value

    def number(self, key: str, *, low: float, high: float, default: float | None = None) -> float:
        """Return a number in `[low, high]`."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.fail(key, "is out of bounds", found=value, expected=f"a number from {low:g} to {high:g}")
        return float(value)

    def count(self, key: str) -> int:
        """Return a whole number from 1."""
        value = self._take(key, None)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self.fail(key, "is not a count", found=value, expected="a whole number from 1")
        return value

    def date(self, key: str) -> date | None:
        """Return a day, or None where the key is absent."""
        if not self.has(key):
            return None
        value = self._values[key]
        if not isinstance(value, date) or isinstance(value, datetime):
            self.fail(key, "is not a day", found=value, expected="a day, without quotes, e.g. 2026-11-30")
        return value

    def truth(self, key: str) -> bool:
        """Return true or false."""
        value = self._take(key, None)
        if not isinstance(value, bool):
            self.fail(key, "is neither true nor false", found=value, expected="true or false")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return one text or a list of texts, as a tuple."""
        value = self._take(key, default)
        values = (value,) if isinstance(value, str) else value
        if not isinstance(values, list | tuple) or not all(isinstance(one, str) and one for one in values):
            self.fail(key, "is not a list of texts", found=value, expected="a text or a list of texts")
        if not values and default is None:
            self.fail(key, "is empty", found=value, expected="one text at least")
        return tuple(str(one) for one in values)

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return a list of pairs of texts, empty where the key is absent."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(_is_pair(one) for one in value):
            self.fail(key, "is not a list of pairs", found=value, expected='e.g. [["a.person", "access.actor"]]')
        return tuple((str(one[0]), str(one[1])) for one in value)

    def parsed(self, key: str, parse: Callable[[str], _T], form: str, default: str | None = None) -> _T:
        """Return what `parse` makes of the text; its ValueError becomes an error that shows the form expected."""
        text = self.text(key, default)
        try:
            return parse(text)
        except ValueError:
            self.fail(key, "cannot be read", found=text, expected=form)

    def table(self, key: str, default: Mapping[str, object] | None = None) -> Table:
        """Return the table under the key."""
        value = self._take(key, default)
        if not isinstance(value, Mapping):
            self.fail(key, "is not a table", found=value, expected=f"[{_written((*self._place, key))}]")
        return Table(value, file=self._file, lines=self._lines, place=(*self._place, key))

    def tables(self, key: str, *, required: bool = False) -> tuple[Table, ...]:
        """Return the tables under the key (`[[key]]`), in order."""
        value = self._take(key, None if required else [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self.fail(key, "is not a list of tables", found=value, expected=f"[[{_written((*self._place, key))}]]")
        return tuple(
            Table(one, file=self._file, lines=self._lines, place=(*self._place, key, number))
            for number, one in enumerate(value)
        )

    def done(self) -> None:
        """Refuse keys that nobody took."""
        for key in self._values:
            if key not in self._asked:
                known = sorted(self._asked)
                self.fail(key, "is not known here", expected="one of " + ", ".join(known), remedy=likely(key, known))

    def _take(self, key: str, default: object) -> object:
        self._asked.add(key)
        if key in self._values:
            return self._values[key]
        if default is None:
            misspelt = get_close_matches(key, [name for name in self._values if name not in self._asked], n=1)
            if misspelt:
                self.unknown(misspelt[0], "is not known here", misspelt[0], [key])
            self.fail(key, "is missing", expected=f"a value for {key}")
        return default


def likely(found: str, known: Iterable[str]) -> str | None:
    """Return the question whether the known name nearest to this one is meant, if one is near."""
    near = get_close_matches(found, list(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else None


def _written(place: Place) -> str:
    """The way to a key as people write it; items of a list are counted from 1."""
    words = ""
    for part in place:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if words else part
    return words


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)
