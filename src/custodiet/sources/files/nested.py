"""Nested records to flat ones: dotted names, and every value as the text that the source wrote.

Numbers keep their own spelling (1.10 stays 1.10). An array becomes canonical JSON text. An empty object becomes `{}`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, TypeAlias

from custodiet.model.deliveries import Problem
from custodiet.sources.files.batches import problem

Nested: TypeAlias = "dict[str, Nested] | list[Nested] | str | bool | None"

_EXPECTED: Final = "one object that says each thing once"


class Number(str):
    """A number in the spelling of its source."""

    __slots__ = ()


class NotPlain(ValueError):
    """A record that says one thing twice, or something that JSON does not know."""


def _object(pairs: list[tuple[str, Nested]]) -> dict[str, Nested]:
    made = dict(pairs)
    if len(made) != len(pairs):
        msg = "one name twice in one object"
        raise NotPlain(msg)
    return made


def _constant(name: str) -> Nested:
    msg = f"the word {name}"
    raise NotPlain(msg)


#: Reads JSON strictly: no name twice in an object, no NaN, numbers as they are spelt.
DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Number, parse_int=Number, parse_constant=_constant, strict=True
)


def json_text(value: Nested) -> str:
    """Return canonical JSON text of the value: sorted names, no blanks, numbers as they were spelt."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json_text(name)}:{json_text(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(json_text(item) for item in value) + "]"
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def flat(value: dict[str, Nested], own_text: str | None = None) -> dict[str, str | None]:
    """Return the record's fields by dotted name; a member called `own_text` is the text of what holds it."""
    fields: dict[str, str | None] = {}
    _fill(fields, value, "", own_text)
    return fields


def _fill(fields: dict[str, str | None], value: dict[str, Nested], prefix: str, own_text: str | None) -> None:
    for name, item in value.items():
        path = name if not prefix else prefix if name == own_text else f"{prefix}.{name}"
        if isinstance(item, dict) and item:
            _fill(fields, item, path, own_text)
            continue
        if path in fields:
            msg = "two fields of one dotted name"
            raise NotPlain(msg)
        fields[path] = item if type(item) is str else _text(item)


def _text(item: Nested) -> str | None:
    if item is None:
        return None
    if isinstance(item, str):
        return str(item)
    if isinstance(item, bool):
        return "true" if item else "false"
    return json_text(item)


class Widening:
    """Rows of records whose fields come to light one by one: a name has its place from its first record on."""

    def __init__(self, own_text: str | None = None) -> None:
        self._own_text = own_text
        self._places: dict[str, int] = {}

    @property
    def names(self) -> Sequence[str]:
        """Return the names met so far, in the order they were met."""
        return tuple(self._places)

    def _row(self, fields: dict[str, str | None]) -> list[str | None]:
        """Return the record's values in the order of `names`."""
        if not fields.keys() <= self._places.keys():
            for name in fields:
                self._places.setdefault(name, len(self._places))
        return list(map(fields.get, self._places))

    def row_of(self, value: Nested) -> list[str | None] | Problem:
        """Return the values of a parsed record, or why it is none."""
        if not isinstance(value, dict):
            return problem("unreadable", "something that is no object", _EXPECTED)
        try:
            return self._row(flat(value, self._own_text))
        except NotPlain as fault:
            return problem("unreadable", str(fault), _EXPECTED)
        except RecursionError:
            return problem("unreadable", "objects nested too deep", _EXPECTED)
