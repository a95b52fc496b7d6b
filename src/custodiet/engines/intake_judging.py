"""A staged delivery is held against what is known: duplicates and conflicts are taken out, gaps and silences are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.engines.intake_chunks import write_chunk
from custodiet.engines.intake_quarantine import QuarantineWriter
from custodiet.ingest.delivery import MOST_LISTED, Gap, Heard, Silence
from custodiet.ingest.staging import Label
from custodiet.relations.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How many records are in conflict, and how many say nothing new."""

    conflicts: int = 0
    duplicates: int = 0
    gone: int = 0  # rows of records that were erased or dropped; their records count as duplicates


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What a source's accesses must keep to."""

    numbered: bool = False
    longest: timedelta | None = None


#: Returns those of the identities whose records were erased or dropped.
Gone = Callable[[Sequence[bytes]], Sequence[bytes]]


def judge(session: Session, keys: pa.Table, known: Sequence[Path], source: str, gone: Gone | None = None) -> Judged:
    """Return what the rows are against what is known, and what is gone, and leave the table `verdicts` for `rewrite`."""
    session.bind_arrow("keys", keys)
    if known:
        session.bind_parquet("known", known)
    else:
        nothing = exp.select("identity", "content", exp.alias_(exp.Literal.string(source), "source")).from_("keys")
        session.create_view("known", nothing.where(exp.false()))
    session.create_table("repeats", _sql("repeats"))
    session.create_table("renamed", _sql("renamed"), {"source": source})
    found = _gone(session, keys, gone)
    session.bind_arrow("gone", found)
    session.create_table("verdicts", _sql("verdicts"), {"source": source})
    conflicts, duplicates = session.rows(_sql("outcomes"))[0]
    return Judged(conflicts=conflicts, duplicates=duplicates, gone=found.num_rows)


def _gone(session: Session, keys: pa.Table, gone: Gone | None) -> pa.Table:
    """Return a row for each identity among the delivered ones whose record is gone."""
    if gone is None:
        found: Sequence[bytes] = ()
    else:
        renamed: list[bytes] = [identity for (identity,) in session.rows(exp.select("identity").from_("renamed"))]
        identities: list[Any] = keys.column("identity").to_pylist()
        found = gone(identities + renamed)
    return pa.table({"identity": pa.array(sorted(set(found)), pa.binary())})


def rewrite(session: Session, chunks: dict[int, Path], quarantine: QuarantineWriter, judged: Judged) -> int:
    """Write the touched chunks again without what does not go in; return how many rows were left out."""
    left_out = 0
    for (number,) in session.rows(exp.select("chunk").distinct().from_("verdicts").order_by("chunk")):
        path = chunks[number]
        session.bind_parquet("chunk", [path])
        if judged.conflicts:
            quarantine.add(session.arrow(_sql("conflicts")))
        before = session.rows(exp.select(exp.Count(this=exp.Star())).from_("chunk"))[0][0]
        kept = session.arrow(_sql("kept"))
        left_out += before - kept.num_rows
        path.unlink()
        if kept.num_rows:
            write_chunk(kept, path)
        else:
            del chunks[number]
    return left_out


def hear(session: Session, heard: pa.Table, label: Label, rhythm: Rhythm) -> Heard:
    """Return what sequence and rhythm show, as far as the mapping asks for them."""
    session.bind_arrow("heard", heard)
    first, last, first_at, last_at = session.rows(_sql("bounds"))[0]
    gaps = session.rows(_sql("gaps"), {"last": label.last_sequence}) if rhythm.numbered else []
    silences = session.rows(_sql("silences"), _silence(rhythm.longest, label)) if rhythm.longest is not None else []
    return Heard(
        first_sequence=first,
        last_sequence=last,
        first_at=_utc(first_at),
        last_at=_utc(last_at),
        gaps=tuple(Gap(first=low, last=high) for low, high in gaps[:MOST_LISTED]),
        missing=sum(high - low + 1 for low, high in gaps),
        silences=tuple(Silence(after=_aware(a), before=_aware(b)) for a, b in silences[:MOST_LISTED]),
        silence_count=len(silences),
    )


def _silence(longest: timedelta, label: Label) -> dict[str, object]:
    last = None if label.last_at is None else label.last_at.astimezone(UTC).replace(tzinfo=None)
    return {"rhythm": longest // timedelta(microseconds=1), "last": last}


def _sql(name: str) -> Query:
    return Query("custodiet.ingest", f"{name}.sql")


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else _aware(instant)


def _aware(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC)
