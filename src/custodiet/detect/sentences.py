"""Sentences of signals: fixed words with named values in braces, filled in the same way every time.

`{days}` is the value of a feature; `{days:day|days}` is the value followed by the first word if it is 1, else the second.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from custodiet.detect.conditions import Place
from custodiet.detect.features import FEATURE

_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)(?::([^{}|]+)\|([^{}|]+))?\}")


def names_in(sentence: str, place: Place) -> tuple[str, ...]:
    """Return the features that the sentence names, sorted; raises BadPack for one that does not exist or a stray brace."""
    if re.search(r"[{}]", _SLOT.sub("", sentence)):
        raise place.wrong("A brace is left over.", found=sentence, expected="{feature} or {feature:one|many}")
    names = sorted({match.group(1) for match in _SLOT.finditer(sentence)})
    for name in names:
        if name not in FEATURE.names[1:]:
            raise place.wrong("There is no such feature.", found=name, expected="a feature in braces")
    return tuple(names)


def sentence_of(sentence: str, facts: Mapping[str, object]) -> str:
    """Return the sentence with its values filled in, beginning with a capital letter."""

    def fill(match: re.Match[str]) -> str:
        name, one, many = match.groups()
        value = facts[name]
        words = _words(value)
        if one is None:
            return words
        return f"{words} {one if value == 1 else many}"

    filled = _SLOT.sub(fill, sentence)
    return filled[:1].upper() + filled[1:]


def _words(value: object) -> str:
    if value is None:
        return "an unknown number or text"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
