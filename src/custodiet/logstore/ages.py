"""When the rows of a segment happened, by source, read from the columns that say it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from custodiet.errors import BadInput

#: By type of entry: the times of a row, and the one without which it has no end.
_TIMES = {
    "access/1": (("occurred_at",), "occurred_at"),
    "fact/1": (("recorded_at", "valid_to"), "valid_to"),
    "deed/1": (("at",), "at"),
}


class Age(NamedTuple):
    """The rows of one source: when the first and the last happened, and how many have no end that is known."""

    source: str | None
    first: datetime | None
    last: datetime | None
    open: int


def ages(path: Path, typ: str) -> list[Age]:
    """Return the ages of the rows in a segment file of that type; raises BadInput for a type without them."""
    if typ not in _TIMES:
        raise BadInput("Entries of this type have no period.", found=typ)
    names, end = _TIMES[typ]
    sources = ["source"] if typ != "deed/1" else []
    rows = pq.read_table(path, columns=[*names, *sources])
    latest = pc.max_element_wise(*(rows.column(name) for name in names))
    source = rows.column("source").cast(pa.string()) if sources else pa.nulls(rows.num_rows, pa.string())
    unknown = pc.cast(pc.is_null(rows.column(end)), pa.int64())
    table = pa.table({"source": source, "at": latest, "open": unknown})
    found = table.group_by("source").aggregate([("at", "min"), ("at", "max"), ("open", "sum")]).to_pylist()
    ordered = sorted(found, key=lambda row: row["source"] or "")
    return [Age(row["source"], row["at_min"], row["at_max"], row["open_sum"]) for row in ordered]
