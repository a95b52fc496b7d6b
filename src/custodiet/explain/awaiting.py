"""What is still awaited: the sources that a template needs and that have not delivered up to an access. Reference and query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlglot import exp

from custodiet.explain.drawn import Row, microseconds
from custodiet.explain.template import Template
from custodiet.relations.catalogue import ACCESS
from custodiet.relations.query import Query

#: Kind of fact, source, and up to when the source has delivered the kind: a row of `watermark`.
Watermark = tuple[str, str, datetime]

#: The moment against which a silence is measured.
LATEST_KNOWN = Query("custodiet.explain", "latest_known.sql")
_SILENT_AFTER = timedelta(days=30)


class Standing(StrEnum):
    """How a source of a kind stands."""

    AWAITED = "awaited"  # accesses later than what it delivered wait for it
    SILENT = "silent"  # it delivered nothing for so long that it is taken as ended
    UNNEEDED = "unneeded"  # no template needs the kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A row of the relation `source_reach`: how far a source has delivered a kind, and whether it is awaited."""

    kind: str
    source: str
    delivered_to: datetime
    grace: timedelta
    standing: Standing

    @property
    def awaited_from(self) -> datetime:
        """Return the moment from which on facts of this source may still be under way."""
        return self.delivered_to - self.grace


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A source of a kind that templates need, and the moment from which on its facts may still be under way."""

    kind: str
    source: str
    at: datetime  # delivered up to here, less the kind's grace
    delivered_to: datetime
    asks: tuple[tuple[str, ...], ...] = ()  # one of these sets of an access's columns must be known; none: any access

    @property
    def words(self) -> str:
        """Return kind and source in words: "duty from roster"."""
        return words(self.kind, self.source)


def words(kind: str, source: str) -> str:
    """Return a kind and its source as the column `awaits` names them."""
    return f"{kind.replace('_', ' ')} from {source}"


def awaited(
    templates: Sequence[Template],
    watermarks: Iterable[Watermark],
    grace: Mapping[str, timedelta],
    *,
    latest: datetime | None = None,
    silent_after: timedelta = _SILENT_AFTER,
) -> tuple[Awaited, ...]:
    """Return every source that may be awaited, furthest behind first, then by kind and source.

    A kind that no source ever delivered is not awaited, nor a source that is silent at `latest`: that there is no data of
    it, or none any more, is for the coverage map to say.
    """
    deciding = [template for template in templates if template.in_force]
    found = [
        Awaited(
            kind=one.kind,
            source=one.source,
            at=one.awaited_from,
            delivered_to=one.delivered_to,
            asks=_asks(deciding, one.kind),
        )
        for one in reaches(deciding, watermarks, grace, latest=latest, silent_after=silent_after)
        if one.standing is Standing.AWAITED
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.kind, one.source)))


def reaches(
    templates: Sequence[Template],
    watermarks: Iterable[Watermark],
    grace: Mapping[str, timedelta],
    *,
    latest: datetime | None = None,
    silent_after: timedelta = _SILENT_AFTER,
) -> tuple[Reach, ...]:
    """Return how each source of each kind stands at `latest`, in order of kind and source."""
    needed = {kind for template in templates if template.in_force for kind in template.needs}

    def standing(kind: str, delivered_to: datetime) -> Standing:
        if kind not in needed:
            return Standing.UNNEEDED
        is_silent = latest is not None and latest - delivered_to >= silent_after
        return Standing.SILENT if is_silent else Standing.AWAITED

    return tuple(
        Reach(
            kind=kind,
            source=source,
            delivered_to=delivered_to,
            grace=grace.get(kind, timedelta(0)),
            standing=standing(kind, delivered_to),
        )
        for kind, source, delivered_to in sorted(watermarks)
    )


def awaits(access: Row, sources: Sequence[Awaited]) -> tuple[Awaited, ...]:
    """Return the sources that are awaited for this access, furthest behind first."""
    at = access["occurred_at"]
    assert isinstance(at, int)
    return tuple(one for one in sources if at >= microseconds(one.at) and _could_apply(access, one))


def compiled_awaits(sources: Sequence[Awaited], table: str) -> exp.Expr:
    """Return the expression that names the source furthest behind of those awaited for the access, else NULL."""
    case = exp.Case()
    for one in sources:
        case = case.when(_is_awaited(one, table), exp.Literal.string(one.words))
    return exp.cast(case if sources else exp.null(), "VARCHAR")


def columns_asked(sources: Sequence[Awaited]) -> tuple[str, ...]:
    """Return the columns of an access that `compiled_awaits` reads besides the moment."""
    return tuple(sorted({column for one in sources for columns in one.asks for column in columns}))


def _asks(templates: Sequence[Template], kind: str) -> tuple[tuple[str, ...], ...]:
    """Return which columns must be known for a template that needs the kind to match: an absent value equals nothing."""
    found = {_absent_possible(template) for template in templates if kind in template.needs}
    return () if () in found else tuple(sorted(found))


def _absent_possible(template: Template) -> tuple[str, ...]:
    matched = {end for hop in template.path for _, end in hop.match}
    ends = {*matched, *(end for pair in template.differs for end in pair)}
    columns = {end.column for end in ends if end.alias == ACCESS.name}
    return tuple(sorted(column for column in columns if ACCESS.column(column).nullable))


def _could_apply(access: Row, one: Awaited) -> bool:
    return not one.asks or any(all(access[column] is not None for column in columns) for columns in one.asks)


def _is_awaited(one: Awaited, table: str) -> exp.Expr:
    limit = exp.cast(exp.Literal.string(one.at.strftime("%Y-%m-%d %H:%M:%S.%f")), "TIMESTAMP")
    behind = exp.GTE(this=exp.column("occurred_at", table=table), expression=limit)
    if not one.asks:
        return behind
    return exp.and_(behind, exp.or_(*(exp.and_(*(_known(column, table) for column in each)) for each in one.asks)))


def _known(column: str, table: str) -> exp.Expr:
    return exp.Not(this=exp.Is(this=exp.column(column, table=table, quoted=True), expression=exp.null()))
