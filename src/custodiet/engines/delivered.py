"""What the stored rows say of the deliveries that they came in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.ingest.conservation import Named, OpenGap, joined, still_open
from custodiet.ingest.delivery import Gap
from custodiet.relations.query import Query

_NAMED, _CAME = Query("custodiet.ingest", "named_rows.sql"), Query("custodiet.ingest", "came.sql")
_COLUMNS = ("index", "source", "delivery", "sequence")


def named_rows(session: Session, accesses: Sequence[Path], facts: Sequence[Path], size: int) -> list[Named]:
    """Return, for each delivery that rows name, what they say; leaves the relation `delivered` in the session."""
    session.create_view("delivered", _delivered(session, accesses, facts))
    rows = session.rows(_NAMED, {"size": size})
    return [
        Named(
            source=source,
            delivery=delivery,
            rows=count,
            first=first,
            last=last,
            first_sequence=first_sequence,
            last_sequence=last_sequence,
        )
        for source, delivery, count, first, last, first_sequence, last_sequence in rows
    ]


def open_gaps(session: Session, gaps: Sequence[tuple[str, str, Gap]], size: int) -> list[OpenGap]:
    """Return the gaps of which some running number has not come yet; reads the relation `delivered`."""
    stretches = joined(gaps)
    columns = {
        "source": pa.array([source for source, _ in stretches], pa.string()),
        "first": pa.array([gap.first for _, gap in stretches], pa.int64()),
        "last": pa.array([gap.last for _, gap in stretches], pa.int64()),
    }
    session.bind_arrow("gap", pa.table(columns))
    came: dict[str, list[int]] = {}
    for source, number in session.rows(_CAME, {"size": size}):
        came.setdefault(source, []).append(number)
    return still_open(gaps, came)


def _delivered(session: Session, accesses: Sequence[Path], facts: Sequence[Path]) -> exp.Query:
    parts: list[exp.Query] = []
    for name, paths in (("access_row", accesses), ("fact_row", facts)):
        if paths:
            session.bind_parquet(name, paths)
            columns = [exp.column(each, quoted=True) for each in _COLUMNS[:3]]
            number = exp.column("sequence") if name == "access_row" else exp.cast(exp.null(), "BIGINT")
            parts.append(exp.select(*columns, exp.alias_(number, "sequence")).from_(name))
    if not parts:
        types = ("BIGINT", "VARCHAR", "VARCHAR", "BIGINT")
        nothing = [
            exp.alias_(exp.cast(exp.null(), kind), name, quoted=True)
            for name, kind in zip(_COLUMNS, types, strict=True)
        ]
        return exp.select(*nothing).where(exp.false())
    return parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)
