"""A TOML table that is read to the last key: what nobody asked for is refused, and errors name file, key and wish."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from custodiet.errors import BadPack


@dataclass(slots=True)
class TomlTable:
    """A table of a TOML file with its dotted place in it, and the keys that were asked for so far."""

    file: str
    place: str
    values: Mapping[str, Any]
    asked: set[str] = field(default_factory=set)

    def wrong(
        self, key: str, found: object, expected: str, message: str = "the key does not say what it must."
    ) -> BadPack:
        """Return the error that names the key, what it holds and what it should hold."""
        return BadPack(message, file=self.file, field=self.name(key), found=repr(found), expected=expected)

    def name(self, key: str) -> str:
        """Return the dotted name of a key of this table."""
        return f"{self.place}.{key}" if self.place else key

    def has(self, key: str) -> bool:
        """Tell whether the key is there."""
        return key in self.values

    def text(self, key: str, default: str | None = None) -> str | None:
        """Return the key's text, or the default where it is absent."""
        value: str | None = self._typed(key, str, "a text", default)
        return value

    def needed_text(self, key: str) -> str:
        """Return the key's text; an absent key is refused."""
        value = self.text(key)
        if value is None:
            raise BadPack("a key is missing.", file=self.file, field=self.name(key), expected="a text")
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str | None:
        """Return the key's text, which is one of those allowed."""
        value = self.text(key, default)
        if value is not None and value not in allowed:
            raise self.wrong(key, value, "one of " + ", ".join(allowed))
        return value

    def integer(self, key: str, default: int) -> int:
        """Return the key's whole number, or the default where it is absent."""
        value: int = self._typed(key, int, "a whole number", default)
        if isinstance(value, bool):
            raise self.wrong(key, value, "a whole number")
        return value

    def truth(self, key: str) -> bool | None:
        """Return true or false, or None where the key is absent."""
        value: bool | None = self._typed(key, bool, "true or false", None)
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return one text or a list of texts as a tuple, or the default where the key is absent."""
        self.asked.add(key)
        if key not in self.values:
            return default
        value = self.values[key]
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise self.wrong(key, value, "a text or a list of texts")

    def pairs(self, key: str) -> dict[str, str]:
        """Return a table whose values are all texts; empty where the key is absent."""
        self.asked.add(key)
        value = self.values.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self.wrong(key, value, "a table of texts")
        return dict(value)

    def table(self, key: str) -> TomlTable | None:
        """Return the table under the key, or None where it is absent."""
        value = self._typed(key, dict, "a table", None)
        return None if value is None else TomlTable(self.file, self.name(key), value)

    def tables(self, key: str) -> list[TomlTable]:
        """Return the list of tables under the key; empty where it is absent."""
        self.asked.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(key, value, "a list of tables")
        return [TomlTable(self.file, f"{self.name(key)}[{number}]", item) for number, item in enumerate(value)]

    def close(self) -> None:
        """Refuse the first key that nobody asked for."""
        for key in self.values:
            if key not in self.asked:
                expected = "one of " + ", ".join(sorted(self.asked))
                raise BadPack("the key is not known here.", file=self.file, field=self.name(key), expected=expected)

    def _typed(self, key: str, kind: type, expected: str, default: Any) -> Any:
        self.asked.add(key)
        if key not in self.values:
            return default
        value = self.values[key]
        if not isinstance(value, kind):
            raise self.wrong(key, value, expected)
        return value


def parse_toml(text: str, file: str) -> TomlTable:
    """Return the file's top table; text that is no TOML is refused with the parser's own words."""
    try:
        return TomlTable(file, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadPack(f"not a TOML file: {error}", file=file) from error
