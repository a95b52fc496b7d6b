"""Finds what changed rows touch: pairs of actor and subject in a period, through templates and through crowds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from sqlglot import exp

from custodiet.engines import linking
from custodiet.engines.duckdb import Session
from custodiet.explain import rescored
from custodiet.explain.crowding import crowding
from custodiet.explain.links import CROWD, FIRST, LAST, crowds, linkable
from custodiet.explain.pack import Pack
from custodiet.explain.template import Template
from custodiet.explain.touched import BASE, earthly
from custodiet.relations.query import Statement

#: How many rows changed, with their first start and last end; and what adds to `touched` what those rows touch.
Touching = tuple[Statement, Statement]


def touched(session: Session, name: str, found: Iterable[Touching]) -> None:
    """Make the table of that name with each pair that is touched, and the period in which it is."""
    session.create_table("touched", _no_pair())
    span = linking.span_of(session, f"{BASE}access")
    for extent, statement in found if span else ():
        [(rows, first, last)] = session.rows(extent)
        if rows:
            near = {FIRST: first or span[FIRST], LAST: min(last or span[LAST], span[LAST])}
            session.execute(statement, near)
    session.create_table(name, rescored.widest("touched"))
    session.drop("touched")


def of_changed(templates: Iterable[Template], changed: frozenset[str]) -> Iterator[Touching]:
    """Yield what these templates may say otherwise by rows that came or went, of the relations `changed`."""
    for template in templates:
        for hop in template.path:
            if hop.relation in changed:
                yield _through(template, hop.alias)


@lru_cache(maxsize=512)
def _through(template: Template, alias: str) -> Touching:
    extent = Statement(rescored.extent_of(template, alias).sql(dialect="duckdb"))
    return extent, linking.inserting("touched", rescored.touching(template, alias))


def count_crowds(session: Session, templates: Sequence[Template], kinds: frozenset[str]) -> None:
    """Make `crowd`, counting again what changed rows can have changed, and `changed_crowd`."""
    session.create_table("crowd", linking.empty(CROWD))
    for template in templates:
        if template.strength.fanout is not None and linkable(template):
            session.create_table("crowding", _no_fact())
            for query in crowding(template, kinds):
                session.execute(exp.Insert(this=exp.to_table("crowding"), expression=query))
            for query in (rescored.crowds_kept(template), crowds(template, "crowding")):
                session.execute(exp.Insert(this=exp.to_table("crowd"), expression=query))
    session.create_table("changed_crowd", rescored.changed_crowds())


def of_crowds(session: Session, pack: Pack) -> Iterator[Touching]:
    """Yield what rows touch that excuse fewer people than before, or more."""
    for (name,) in session.rows(exp.select("template").distinct().from_("changed_crowd")):
        template = pack.template(name)
        extent = Statement(rescored.extent_of_crowds(template).sql(dialect="duckdb"))
        yield extent, linking.inserting("touched", rescored.touched_crowds(template))


def accesses_of(session: Session, pairs: str, name: str, actor: str = "actor") -> None:
    """Add to the table `name` the accesses of these pairs in their periods that it does not hold yet.

    `actor` names the column of `access` that holds the one who looked.
    """
    edges = (exp.func("min", exp.column("valid_from")), exp.func("max", exp.column("valid_to")))
    [(first, last)] = session.rows(exp.select(*(earthly(one) for one in edges)).from_(pairs))
    if first is not None:
        found = rescored.of_pairs(pairs, name, actor)
        session.execute(exp.Insert(this=exp.to_table(name), expression=found), {FIRST: first, LAST: last})


def _no_fact() -> exp.Select:
    return exp.select(exp.cast(exp.null(), "BIGINT").as_("fact")).where(exp.false())


def _no_pair() -> exp.Select:
    columns = (("actor", "VARCHAR"), ("subject", "VARCHAR"), ("valid_from", "TIMESTAMP"), ("valid_to", "TIMESTAMP"))
    return exp.select(*(exp.cast(exp.null(), kind).as_(name) for name, kind in columns)).where(exp.false())
