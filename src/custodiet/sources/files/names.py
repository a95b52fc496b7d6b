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
    counted = Counter(names)
    twice = [str(number) for number, name in enumerate(names, start=1) if counted[name] > 1]
    if twice:  # told by their places: where the header is missing, these are no names but somebody's data
        raise BadInput(
            "Two fields have one name; name all fields with `columns`.",
            file=file,
            line=line,
            found=f"it in fields {', '.join(twice)}",
            expected="each name once",
        )
    return names
