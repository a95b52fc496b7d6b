"""Runs templates over pairs of actor and subject: the tables `pair` and `link`, and the instances that come of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.explain import compiler, linked
from custodiet.explain.links import LINK, linkable, links
from custodiet.explain.template import Template
from custodiet.relations.catalogue import EXPLANATION
from custodiet.relations.relation import Relation


def find(session: Session, name: str, templates: Sequence[Template], accesses: str) -> None:
    """Make the table `name` with the rows of `explanation` of these templates for the relation `accesses`.

    Templates that say the same of every access of a pair go by links, the others over the accesses, one by one: memory
    holds one join at once.
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
    """Make the tables `pair` and `link` of these templates for the pairs in the relation `accesses`."""
    pairs = exp.select(exp.column("actor", quoted=True), exp.column("subject", quoted=True)).distinct()
    session.create_table("pair", pairs.from_(accesses))
    session.create_table("link", empty(LINK))
    at = linked.places(templates)
    for template in templates:
        session.execute(exp.Insert(this=exp.to_table("link"), expression=links(template, at[template.id])))


def add(session: Session, name: str, templates: Sequence[Template], accesses: str) -> None:
    """Add the rows of these templates, joined over the accesses, to the table `name`."""
    for template in templates:
        session.execute(exp.Insert(this=exp.to_table(name), expression=compiler.compiled(template, accesses)))


def empty(relation: Relation) -> exp.Select:
    """Return a query with the relation's columns and no row."""
    columns = [
        exp.alias_(exp.cast(exp.null(), column.type.value, dialect="duckdb"), column.name)
        for column in relation.columns
    ]
    return exp.select(*columns).where(exp.false())
