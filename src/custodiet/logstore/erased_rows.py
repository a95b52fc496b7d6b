"""Rows of which groups were erased: making them so, and telling whether they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pyarrow as pa

from custodiet.ledger.entry_types import EntryType
from custodiet.ledger.redaction import ORIGIN
from custodiet.logstore.arrow import Values, compute
from custodiet.logstore.encoding import Kept


def without(rows: pa.RecordBatch, entry_type: EntryType, groups: Mapping[int, Collection[str]]) -> pa.RecordBatch:
    """Return the rows with these groups, by row, taken out; what lies beside the entry goes with its origin."""
    columns = list(rows.columns)
    for name, places in _places(entry_type, groups).items():
        at = rows.schema.get_field_index(name)
        mask = np.zeros(rows.num_rows, dtype=bool)
        mask[places] = True
        nothing = pa.scalar(None, columns[at].type)
        columns[at] = compute.if_else(pa.array(mask), nothing, columns[at])
    return pa.RecordBatch.from_arrays(columns, schema=rows.schema)


def still_held_in(rows: pa.RecordBatch, entry_type: EntryType, kept: Kept) -> tuple[int, str] | None:
    """Return the first row, and the group of it, of which a kept digest says that it was erased, and which has a value."""
    for row, digests in sorted(kept.items()):
        for group in digests:
            if any(rows.column(name)[row].is_valid for name in columns_of(entry_type, group)):
                return row, group
    return None


def first_without_original(originals: Values, kept: Kept) -> int | None:
    """Return the first row whose record's bytes are not held, and of which nothing was erased that took them along."""
    if not originals.null_count:
        return None
    missing = np.flatnonzero(compute.is_null(originals).to_numpy(zero_copy_only=False)).tolist()
    return next((row for row in missing if ORIGIN not in kept.get(row, {})), None)


def columns_of(entry_type: EntryType, group: str) -> tuple[str, ...]:
    """Return the columns that go with the group: with a record's origin, its bytes and what was derived from them."""
    beside = entry_type.beside if group == ORIGIN else ()
    return tuple(column.name for column in (*entry_type.columns_of(group), *beside))


def _places(entry_type: EntryType, groups: Mapping[int, Collection[str]]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for row, names in groups.items():
        for group in names:
            for column in columns_of(entry_type, group):
                places.setdefault(column, []).append(row)
    return places
