"""Lengths of time as mapping files write them: a whole number and s, m, h or d."""

from __future__ import annotations

import re
from datetime import timedelta

from custodiet.ingest.toml_table import TomlTable

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_span(table: TomlTable, key: str) -> timedelta | None:
    """Return the length of time under the key, or None where it is absent."""
    text = table.text(key)
    if text is None:
        return None
    match = re.fullmatch(r"(-?[0-9]{1,6})([smhd])", text)
    if match is None:
        raise table.wrong(key, text, 'a length such as "90s", "30m", "12h" or "1d"')
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
