"""Split comma-separated fields as PostgreSQL and pgAudit write them, of any length and over any number of lines."""

from __future__ import annotations

import re

_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"(,|\Z)')


def split_fields(text: str) -> list[str] | None:
    """Return the fields, or None where a quotation mark stands where none can."""
    fields: list[str] = []
    position, mark = 0, text.find('"')
    while mark >= 0:
        if mark > position:
            plain = text[position:mark]
            if not plain.endswith(","):
                return None
            fields += plain[:-1].split(",")
        match = _QUOTED.match(text, mark)
        if match is None:
            return None
        fields.append(match[1].replace('""', '"'))
        if not match[2]:
            return fields
        position = match.end()
        mark = text.find('"', position)
    return fields + text[position:].split(",")
