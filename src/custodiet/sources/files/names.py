"""The names of a file's fields: from its header or from the mapping, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from custodiet.errors import BadInput
from custodiet.ingest.reading import Reading


def field_names(reading: Reading, header: Sequence[str] | None, file: str, line: int | None = None) -> tuple[str, ...]:
    """Return the field names; two fields of one name are refused, a field without a name is called by its number."""
    if reading.columns:
        return reading.columns
    if header is None:
        raise BadInput("A file without a header needs its `columns`.", file=file, field="read.columns")
    names = tuple(name.strip() or f"column_{number}" for number, name in enumerate(header, start=1))
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise BadInput(
            "Two fields have one name; name all fields with `columns`.",
            file=file,
            line=line,
            found=", ".join(twice),
            expected="each name once",
        )
    return names
