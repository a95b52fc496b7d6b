"""A TOML table that is read key by key: each key has a type, none may be left over, and errors name the place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NoReturn, TypeVar

from custodiet.errors import BadPack

_T = TypeVar("_T")


class Table:
    """One table of a pack's file. Take what it must hold, then call `done`: an unknown key is an error."""

    def __init__(self, values: Mapping[str, object], *, file: str, text: str, path: str = "") -> None:
        """Remember the file and the table's place in it, for errors."""
        self._values, self._file, self._text, self._path = dict(values), file, text, path
        self._asked: set[str] = set()

    def names(self) -> tuple[str, ...]:
        """Return the keys in the order of the file."""
        return tuple(self._values)

    def fail(self, key: str, message: str, *, found: object = None, expected: str | None = None) -> NoReturn:
        """Raise the error that names file, line, key, what was found and what was expected; no full stop is given."""
        raise BadPack(
            f"{message}.",
            file=self._file,
            line=self._line(key),
            field=f"{self._path}{key}",
            found=None if found is None else repr(found),
            expected=expected,
        )

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
            self.fail(key, "is not a table", found=value, expected=f"[{self._path}{key}]")
        return Table(value, file=self._file, text=self._text, path=f"{self._path}{key}.")

    def tables(self, key: str, *, required: bool = False) -> tuple[Table, ...]:
        """Return the tables under the key (`[[key]]`), in order."""
        value = self._take(key, None if required else [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self.fail(key, "is not a list of tables", found=value, expected=f"[[{self._path}{key}]]")
        return tuple(
            Table(one, file=self._file, text=self._text, path=f"{self._path}{key}[{number}].")
            for number, one in enumerate(value, 1)
        )

    def done(self) -> None:
        """Refuse keys that nobody took."""
        for key in sorted(set(self._values) - self._asked):
            self.fail(key, "is not known here", expected="one of " + ", ".join(sorted(self._asked)))

    def _take(self, key: str, default: object) -> object:
        self._asked.add(key)
        if key in self._values:
            return self._values[key]
        if default is None:
            self.fail(key, "is missing", expected=f"a value for {key}")
        return default

    def _line(self, key: str) -> int | None:
        wanted = (f"{key} =", f"{key}=", f"[{key}]", f"[[{key}]]")
        lines = [
            number
            for number, line in enumerate(self._text.splitlines(), 1)
            if line.strip().startswith(wanted) or f"{{ {key} =" in line or f", {key} =" in line
        ]
        return lines[0] if len(lines) == 1 else None


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)
