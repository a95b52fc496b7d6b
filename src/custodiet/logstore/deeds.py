"""Deeds as rows of their stored relation."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from custodiet.logstore.segments import columns_schema
from custodiet.model.instants import as_utc
from custodiet.model.looks import Deed
from custodiet.relations.stored import DEED


def deed_rows(deeds: Sequence[Deed]) -> pa.RecordBatch:
    """Return the deeds as rows, in the order given."""
    rows = [
        {
            "principal": deed.principal,
            "object": deed.object,
            "act": deed.act,
            "purpose": None if deed.purpose is None else deed.purpose.value,
            "reason": deed.reason,
            "at": as_utc(deed.at).replace(tzinfo=None),
        }
        for deed in deeds
    ]
    return pa.RecordBatch.from_pylist(rows, schema=columns_schema(DEED))
