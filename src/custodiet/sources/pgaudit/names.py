"""Names of tables and functions, with their schema, as the server writes and reads them."""

from __future__ import annotations

import re
from functools import lru_cache

_NAME = re.compile(r'(?:(?P<schema>"(?:[^"]|"")+"|[^".]+)\.)?(?P<name>"(?:[^"]|"")+"|[^"]+)')
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")


@lru_cache(maxsize=4096)
def split_name(qualified_name: str) -> tuple[str | None, str]:
    """Return the schema and the name without quotation marks; two spellings of one name give the same."""
    match = _NAME.fullmatch(qualified_name)
    if match is None:
        return None, qualified_name
    schema = match["schema"]
    return None if schema is None else _unquoted(schema), _unquoted(match["name"])


def written_name(schema: str, name: str) -> str:
    """Return the name with its schema, in quotation marks where the server would need them to read it back."""
    return f"{_quoted(schema)}.{_quoted(name)}"


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
