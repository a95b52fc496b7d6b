"""Values as TOML writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable


def text(value: str) -> str:
    """Return the text as a basic string of TOML."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def literal(value: str) -> str:
    """Return the text as a literal string of TOML, in which a backslash is a backslash, where it can be one."""
    plain = "'" not in value and value.isprintable()
    return f"'{value}'" if plain else text(value)


def strings(values: Iterable[str]) -> str:
    """Return the texts as an array of TOML."""
    return "[" + ", ".join(text(value) for value in values) + "]"
