"""What becomes of whole records, in plain Python: reshaped, read part by part, and refused as a whole if one part is."""

from __future__ import annotations

from collections.abc import Iterable

from custodiet.ingest.mapping import Mapping
from custodiet.ingest.reference import Raw, Row, read_row
from custodiet.ingest.reference_shapes import reshape


def read_records(mapping: Mapping, records: Iterable[Raw]) -> list[Row]:
    """Return the rows of all parts of these records; of a record with a problem, the first part that has one alone."""
    rows = [read_row(mapping, part) for part in reshape(mapping, list(records))]
    faulty: dict[int, Row] = {}
    for row in rows:
        if row.problem is not None:
            faulty.setdefault(row.position, row)
    return [row for row in rows if faulty.get(row.position, row) is row]
