"""Queries for one access: the access, its instances, and the rows that an instance rests on."""

from __future__ import annotations

from sqlglot import exp

from custodiet.explain.passes import evidence_column
from custodiet.explain.template import Hop
from custodiet.relations.catalogue import ACCESS, ACCESS_STATE, EXPLANATION, RELATIONS
from custodiet.relations.query import Query
from custodiet.relations.relation import Relation, Type

RANK = Query("custodiet.explain", "rank.sql")
RANK_THEN = Query("custodiet.explain", "rank_then.sql")


def access_row() -> exp.Select:
    """Return the query for the access of ledger index `$access`; instants as microseconds."""
    return _row(ACCESS, "access")


def state_row() -> exp.Select:
    """Return the query for the state of access `$access`."""
    return _row(ACCESS_STATE, "access")


def instance_rows() -> exp.Select:
    """Return the query for the instances of access `$access`, strongest first, then by template and rows."""
    order = [
        exp.Ordered(this=exp.column("strength"), desc=True, nulls_first=False),
        exp.Ordered(this=exp.column("template"), nulls_first=False),
        exp.Ordered(this=exp.column("rests_on"), nulls_first=False),
    ]
    return _row(EXPLANATION, "access").order_by(*order)


def hop_row(hop: Hop) -> exp.Select:
    """Return the query for the row behind a hop: the fact (or earlier access) of ledger index `$row`."""
    relation = ACCESS if hop.relation == "explained_access" else RELATIONS[hop.relation]
    return _row(relation, evidence_column(hop.relation), "row")


def one_access(columns: tuple[str, ...]) -> exp.Select:
    """Return the query for the access `$access` alone, as a relation that templates can run over."""
    return (
        exp.select(*(exp.column(name, quoted=True) for name in columns)).from_("access").where(_is("access", "access"))
    )


def _row(relation: Relation, key: str, parameter: str = "access") -> exp.Select:
    return (
        exp.select(*(_plain(column.name, column.type) for column in relation.columns))
        .from_(relation.name)
        .where(_is(key, parameter))
    )


def _plain(name: str, kind: Type) -> exp.Expr:
    column = exp.column(name, quoted=True)
    return exp.func("epoch_us", column).as_(name, quoted=True) if kind is Type.INSTANT else column


def _is(column: str, parameter: str) -> exp.Expr:
    return exp.EQ(this=exp.column(column, quoted=True), expression=exp.Parameter(this=exp.var(parameter)))
