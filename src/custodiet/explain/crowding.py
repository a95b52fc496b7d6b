"""Of which rows the fan-out may have changed: those that a row that came or went can excuse anybody through."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from custodiet.explain import compiler
from custodiet.explain.opened import Opened, opened
from custodiet.explain.template import Hop, Moment, Reference, Template

#: What stands before the name of a relation as it was known before.
BASE = "base_"


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
            query = query.join(_rows(hop, at, path, fanout.through), on=on, copy=False)
        held = [*compiler.joined(first), *compiler.differing(path.differs), *compiler.windows_hold(path.windows)]
        yield query.where(*held) if held else query


def _rows(hop: Hop, at: Hop, path: Opened, through: str) -> exp.Expr:
    if hop is not at:
        return exp.to_table(f"ever_{hop.relation}").as_(hop.alias)
    if hop.alias == through or _speaks(hop.alias, path):
        return exp.to_table(f"changed_{hop.relation}").as_(hop.alias)
    return _newly_there(hop).subquery(hop.alias)


def _speaks(alias: str, path: Opened) -> bool:
    """Tell whether anything but the hop's own match reads its row."""
    moments: list[Moment | None] = [
        one for window in path.windows for one in (window.instant, window.start, window.until)
    ]
    read = [term.reference for moment in moments if moment is not None for term in moment.terms]
    read += [found for hop in path.path for _, found in hop.match]
    read += [found for pair in path.differs for found in pair] + [path.person]
    return any(found.alias == alias for found in read)


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
