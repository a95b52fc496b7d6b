"""Runs templates over pairs of actor and subject: the tables `pair` and `link`, and the instances that come of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.explain import compiler, linked
from custodiet.explain.links import CROWD, FIRST, LAST, LINK, crowds, linkable, links, ranked
from custodiet.explain.template import Template
from custodiet.relations.catalogue import EXPLANATION
from custodiet.relations.query import Statement
from custodiet.relations.relation import Relation


def find(session: Session, name: str, templates: Sequence[Template], accesses: str) -> None:
    """Make the table `name` with the rows of `explanation` of these templates for the relation `accesses`.

    Templates that say the same of every access of a pair go by links, the others over the accesses, one by one: memory
    holds one join at once. The table `crowd` must be there (`count_crowds`).
    """
    session.create_table(name, empty(EXPLANATION))
    by_links = [template for template in templates if linkable(template)]
    if by_links:
        link(session, by_links, accesses)
        session.execute(exp.Insert(this=exp.to_table(name), expression=linked.instances(by_links, accesses)))
        for table in ("pair", "link"):
            session.drop(table)
    add(session, name, [template for template in templates if not linkable(template)], accesses)


def link(session: Session, templates: Sequence[Template], accesses: str) -> None:
    """Make the tables `pair` and `link` of these templates for the pairs in the relation `accesses`, at the time of those."""
    pairs = exp.select(exp.column("actor", quoted=True), exp.column("subject", quoted=True)).distinct()
    session.create_table("pair", pairs.from_(accesses))
    session.create_table("link_found", empty(LINK))
    at, span = linked.places(templates), span_of(session, accesses)
    for template in templates if span else ():
        session.execute(_linking(template, at[template.id]), span)
    session.create_table("link", ranked("link_found"))
    session.drop("link_found")


def span_of(session: Session, accesses: str) -> Mapping[str, datetime]:
    """Return the parameters `FIRST` and `LAST`: the first and last moment of these accesses; nothing if there are none."""
    at = exp.column("occurred_at")
    [(first, last)] = session.rows(exp.select(exp.func("min", at), exp.func("max", at.copy())).from_(accesses))
    return {} if first is None else {FIRST: first, LAST: last}


def count_crowds(session: Session, templates: Sequence[Template]) -> None:
    """Make the table `crowd` of the templates that have a fan-out; it holds for whoever looks, and whenever."""
    session.create_table(CROWD.name, empty(CROWD))
    for template in templates:
        if template.strength.fanout is not None and linkable(template):
            session.execute(exp.Insert(this=exp.to_table(CROWD.name), expression=crowds(template)))


def add(session: Session, name: str, templates: Sequence[Template], accesses: str) -> None:
    """Add the rows of these templates, joined over the accesses, to the table `name`."""
    for template in templates:
        session.execute(_joining(name, template, accesses))


@lru_cache(maxsize=256)
def _linking(template: Template, place: int) -> Statement:
    return inserting("link_found", links(template, place))


@lru_cache(maxsize=256)
def _joining(name: str, template: Template, accesses: str) -> Statement:
    return inserting(name, compiler.compiled(template, accesses))


def inserting(name: str, query: exp.Expr) -> Statement:
    """Return the statement that adds the query's rows to the table.

    It is written out once: that takes longer than to run it over a day's accesses.
    """
    return Statement(exp.Insert(this=exp.to_table(name), expression=query).sql(dialect="duckdb"))


def empty(relation: Relation) -> exp.Select:
    """Return a query with the relation's columns and no row."""
    columns = [
        exp.alias_(exp.cast(exp.null(), column.type.value, dialect="duckdb"), column.name)
        for column in relation.columns
    ]
    return exp.select(*columns).where(exp.false())
