"""Of which rows the fan-out may have changed: those that a row that came or went can excuse anybody through."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from custodiet.explain import compiler
from custodiet.explain.opened import Opened, only_there, opened
from custodiet.explain.template import Hop, Reference, Template
from custodiet.explain.touched import BASE


def crowding(template: Template, changed: frozenset[str]) -> Iterator[exp.Select]:
    """Yield the queries for the rows (`fact`) of the hop `through` whose people may be others than before.

    Rows of a changed relation that came or went lie in `changed_RELATION`, and all that stand or stood in `ever_RELATION`. A
    hop that only has to be there (that somebody was on duty at all) changes nothing where another row says the same.
    """
    fanout, path = template.strength.fanout, opened(template)
    assert fanout is not None
    through = compiler.column_of(Reference(fanout.through, "fact"))
    for at in path.path:
        if at.relation not in changed:
            continue
        query = exp.select(through.as_("fact")).distinct()
        first, *rest = path.path
        query = query.from_(_rows(first, at, path, fanout.through))
        for hop in rest:
            on = exp.and_(*compiler.joined(hop), copy=False)
            kind = "semi" if hop.alias in only_there(path, fanout.through) else None
            query = query.join(_rows(hop, at, path, fanout.through), on=on, join_type=kind, copy=False)
        held = [*compiler.joined(first), *compiler.differing(path.differs), *compiler.windows_hold(path.windows)]
        yield query.where(*held) if held else query


def _rows(hop: Hop, at: Hop, path: Opened, through: str) -> exp.Expr:
    if hop is not at:
        return exp.to_table(f"ever_{hop.relation}").as_(hop.alias)
    if hop.alias not in only_there(path, through):
        return exp.to_table(f"changed_{hop.relation}").as_(hop.alias)
    return _newly_there(hop).subquery(hop.alias)


def _newly_there(hop: Hop) -> exp.Select:
    """Rows that came or went and leave no other that says the same, before or now."""
    columns = [column for column, _ in hop.match]
    query = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("c")))
    query = query.from_(exp.to_table(f"changed_{hop.relation}").as_("c"))
    there = []
    for table in (hop.relation, BASE + hop.relation):
        own = [exp.EQ(this=exp.column(one, table="o"), expression=exp.column(one, table="c")) for one in columns]
        filters = compiler.joined(Hop(relation=hop.relation, alias="o", match=(), where=hop.where))
        same = exp.select(exp.Literal.number(1)).from_(exp.to_table(table).as_("o")).where(*own, *filters)
        there.append(exp.Exists(this=same))
    return query.where(exp.not_(exp.and_(*there)))
