"""Makes the relation `group_member`: for each week the groups that were learned from what was explained before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pyarrow as pa
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.engines.grouping import groups, ties
from custodiet.explain.groups import GroupWindow, MemberRow, Settings, members, windows
from custodiet.explain.passes import is_learned
from custodiet.explain.template import Template
from custodiet.relations.catalogue import GROUP_MEMBER
from custodiet.relations.query import Query
from custodiet.relations.relation import Type

_ACTORS = Query("custodiet.engines", "group_actors.sql")
_TOUCH = Query("custodiet.engines", "group_touch.sql")
_JUDGED = Query("custodiet.engines", "group_judged.sql")
_ARROW = {Type.TEXT: pa.string(), Type.NUMBER: pa.float64(), Type.INSTANT: pa.timestamp("us")}
#: The table of numbered actors, which the queries read.
ACTOR = "group_actor"


def reads_groups(templates: Iterable[Template]) -> bool:
    """Tell whether any of the templates that are not retired reads learned groups."""
    return any(is_learned(hop.relation) for one in templates if not one.retired for hop in one.path)


def learn_groups(session: Session, templates: Iterable[Template], settings: Settings | None = None) -> None:
    """Make the table `group_member` from `access` and `explained_access`; without a row where no template reads it.

    What holds in a week comes from what was explained before that week, without the pairs of actor and subject that are
    judged in it: nobody's look makes the group that excuses it, nor does anything that came later.
    """
    rows = list(_rows(session, settings or Settings())) if reads_groups(templates) else []
    session.bind_arrow(GROUP_MEMBER.name, _table(rows))


def _rows(session: Session, settings: Settings) -> Iterator[MemberRow]:
    for window in _windows(session, settings):
        span = {"start": _plain(window.learned_from), "until": _plain(window.start)}
        held = {"start": _plain(window.start), "until": _plain(window.until)}
        for name, query, asked in ((ACTOR, _ACTORS, span), ("touch", _TOUCH, span), ("judged", _JUDGED, held)):
            session.create_table(name, query, asked)
        names = {number: actor for actor, number in session.rows(exp.select("actor", "number").from_(ACTOR))}
        yield from members(window, groups(ties(session, settings), settings), names)
        for name in (ACTOR, "touch", "judged"):
            session.drop(name)


def _windows(session: Session, settings: Settings) -> Iterator[GroupWindow]:
    at = exp.column("occurred_at")
    [(first, last)] = session.rows(exp.select(exp.func("min", at), exp.func("max", at.copy())).from_("access"))
    if first is not None:
        yield from windows(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC), settings)


def _plain(moment: datetime) -> datetime:
    """Return the moment as instants are stored: in UTC, without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _table(rows: list[MemberRow]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(GROUP_MEMBER.columns)
    return pa.table(
        {
            column.name: pa.array([_stored(value) for value in values], type=_ARROW[column.type])
            for column, values in zip(GROUP_MEMBER.columns, columns, strict=True)
        }
    )


def _stored(value: object) -> object:
    return _plain(value) if isinstance(value, datetime) else value
