"""What must be known of stored rows before groups of them are erased: who is concerned, and what else tells the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from custodiet.cases.visibility import Tie
from custodiet.engines.analysis import Stored, bind, empty_rows
from custodiet.engines.detecting import walls_of
from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import bind_context
from custodiet.relations.query import Query
from custodiet.relations.stored import ACCESS

_ALONG = Query("custodiet.engines", "erase_along.sql")
_EARLIER = Query("custodiet.engines", "erase_earlier.sql")
_BINDING = frozenset({Tie.SELF, Tie.KIN})
_ID_FIELD = {"access/1": "source_event_id", "fact/1": "source_fact_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where a row came from, and the bytes it was made of."""

    index: int
    delivery: str
    source: str
    identifier: str | None
    original: bytes | None


def choose(session: Session, typ: str, rows: Sequence[Path], chosen: Sequence[int]) -> None:
    """Bind the type's stored rows, and those chosen of them, for the questions below."""
    session.bind_parquet("stored_rows", rows)
    session.bind_arrow("chosen", pa.table({"index": pa.array(sorted(chosen), pa.int64())}))
    session.create_table("chosen_rows", exp.select("*").from_("stored_rows").where(_in_chosen()))
    if typ in _ID_FIELD:
        session.create_view("told", _told_query(_ID_FIELD[typ]))


def along(session: Session) -> list[int]:
    """Return the rows that were made of the same records as those chosen, and were not chosen."""
    return [index for (index,) in session.rows(_ALONG)]


def told(session: Session) -> list[Told]:
    """Return where the chosen rows came from; of those whose origin was erased already nothing is known."""
    names = ("index", "delivery", "source", "identifier", "original")
    query = exp.select(*(exp.column(name, quoted=True) for name in names)).from_("told").order_by('"index"')
    return [Told(**dict(zip(names, row, strict=True))) for row in session.rows(query)]


def earlier_statements(session: Session) -> list[int]:
    """Return the facts, not chosen, that sources said before under the identifiers of those chosen: they would stand again."""
    return [index for (index,) in session.rows(_EARLIER)]


def are_tied(session: Session, typ: str, stored: Stored, staff: str, now: datetime) -> bool:
    """Tell whether one of the chosen rows is about that member of staff, his kin or a declared associate, so far as is known."""
    accesses = exp.select("*").from_("chosen_rows") if typ == "access/1" else empty_rows(ACCESS)
    session.create_view("stored_access", accesses)
    bind(session, stored, accesses=False)
    bind_context(session, stored.size)
    walls = walls_of(session, staff, now)
    actors = {name for name, tie in walls.actors if tie in _BINDING}
    subjects = {name for name, tie in walls.subjects if tie in _BINDING}
    found_actors, found_subjects = _people(session, typ)
    return bool(actors & found_actors or subjects & found_subjects)


def own_deeds(login: str) -> exp.Select:
    """Return the query of how many of the chosen deeds are of the principal with that login."""
    return (
        exp.select(exp.Count(this=exp.Star()))
        .from_("chosen_rows")
        .where(exp.EQ(this=exp.column("principal"), expression=exp.Literal.string(login)))
    )


def _people(session: Session, typ: str) -> tuple[set[str], set[str]]:
    if typ == "access/1":
        actors = session.rows(exp.select("actor", "requester", "operator", "'account:' || account").from_("access"))
        subjects = session.rows(exp.select("subject", "subject_as_used").from_("access"))
    else:
        actors = session.rows(exp.select("person", "counterpart", "recorded_by").from_("chosen_rows"))
        subjects = session.rows(exp.select("subject", "counterpart").from_("chosen_rows"))
        subjects += session.rows(
            exp.select("s.survivor")
            .from_(exp.to_table("chosen_rows").as_("c"))
            .join(exp.to_table("survivor").as_("s"), on="s.subject = c.subject")
        )
    return _names(actors), _names(subjects)


def _names(rows: Sequence[tuple[str | None, ...]]) -> set[str]:
    return {name for row in rows for name in row if name is not None}


def _in_chosen() -> exp.Expression:
    return exp.In(this=exp.column("index", quoted=True), query=exp.Subquery(this=_chosen()))


def _chosen() -> exp.Select:
    return exp.select(exp.column("index", quoted=True)).from_("chosen")


def _told_query(id_field: str) -> exp.Select:
    columns = [exp.column(name, quoted=True) for name in ("index", "delivery", "source", "original")]
    identifier = exp.alias_(exp.column(id_field, quoted=True), "identifier")
    return exp.select(*columns, identifier).from_("chosen_rows").where("source IS NOT NULL")
