"""Split comma-separated fields as PostgreSQL and pgAudit write them, of any length and over any number of lines."""

from __future__ import annotations

import re

_QUOTED = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"(?:,|\Z)')


def split_fields(text: str) -> list[str] | None:
    """Return the fields, or None where a quotation mark stands where none can."""
    fields: list[str] = []
    position, size = 0, len(text)
    while (mark := text.find('"', position)) >= 0:
        if mark > position:
            if text[mark - 1] != ",":
                return None
            fields += text[position : mark - 1].split(",")
        match = _QUOTED.match(text, mark)
        if match is None:
            return None
        quoted = match[1]
        fields.append(quoted.replace('""', '"') if '""' in quoted else quoted)
        position = match.end()
        if position == size and text[-1] == '"':
            return fields
    return fields + text[position:].split(",")
