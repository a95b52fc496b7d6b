"""What changed rows of context can touch: which pairs of actor and subject, in which period.

The queries err to the safe side: a pair that they name may come out as it was, but one that they do not name does. Rows that
came and rows that went are treated alike, each joined with all rows that stand or stood.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from custodiet.explain import compiler
from custodiet.explain.links import FACTS, conditions, ends, linkable, meanwhile, period, starts, times_access
from custodiet.explain.template import Hop, Reference, Template

#: For each alias of a path, the table that holds the hop's rows.
Tables = Mapping[str, str]
#: What Python can hold: an open end moved by a span lies beyond it.
#: What stands before the name of a relation as it was known when the earlier run was made.
BASE = "base_"
_PAIR = ("actor", "subject")
_YEARS = ("0001-01-01 00:00:00", "9999-12-31 00:00:00")


def traceable(template: Template) -> bool:
    """Tell whether it is known what changed rows can touch through the template.

    Beside the linkable ones that is so of those that ask for more of the access than who and whom, as long as no period
    hangs on it and no fan-out is counted.
    """
    of_facts = all(hop.relation in FACTS for hop in template.path)
    return linkable(template) or (of_facts and template.strength.fanout is None and not times_access(template))


def touched(template: Template, tables: Tables) -> exp.Select:
    """Return the query for what the template says over these tables: actor, subject, and the period.

    It names every pair, whoever looks; where the path falls apart without an access (a subject's matter here, an actor's duty
    there), the pairs that look at one another in `access`. Only periods that touch those from $first to $last are named.
    """
    bound = _bound(template) or {name: compiler.column_of(Reference("access", name)) for name in ("actor", "subject")}
    start, end = (_substituted(one, bound) for one in period(template))
    query = exp.select(
        *(column.as_(name) for name, column in bound.items()), start.as_("valid_from"), end.as_("valid_to")
    )
    path = list(template.path)
    if bound["actor"].table == "access":
        query = query.from_(_pairs())
    else:
        first = path.pop(0)
        query = query.from_(_table(first, tables)).where(*_free(compiler.joined(first), bound))
    for hop in path:
        query = query.join(
            _table(hop, tables), on=exp.and_(*_free(compiler.joined(hop), bound), copy=False), copy=False
        )
    query = query.where(
        exp.LT(this=start.copy(), expression=end.copy()), *(_substituted(one, bound) for one in meanwhile(template))
    )
    return query.where(*_free(conditions(template), bound))


def extent(template: Template, alias: str, changed: str) -> exp.Select:
    """Return the query for how many rows of the table `changed` the hop can be, and their first start and last end.

    The two moments are NULL where no window about the access hangs on the hop alone.
    """
    hop = template.hop(alias)
    alone = Hop(relation=hop.relation, alias=alias, match=(), where=hop.where)
    start, end = (_own(found, alias) for found in (starts(template), ends(template)))
    query = exp.select(exp.func("count", exp.Star()), _edge("min", "greatest", start), _edge("max", "least", end))
    query = query.from_(exp.to_table(changed).as_(alias))
    held = compiler.joined(alone)
    return query.where(*held) if held else query


def _own(moments: list[exp.Expr], alias: str) -> list[exp.Expr]:
    return [one for one in moments if {column.table for column in one.find_all(exp.Column)} == {alias}]


def _edge(overall: str, each: str, moments: list[exp.Expr]) -> exp.Expr:
    if not moments:
        return exp.cast(exp.null(), "TIMESTAMP")
    return earthly(exp.func(overall, moments[0] if len(moments) == 1 else exp.func(each, *moments, dialect="duckdb")))


def earthly(moment: exp.Expr) -> exp.Expr:
    """Return the moment, or the one of the years 1 and 9999 that lies nearer where it is beyond them."""
    first, last = (exp.cast(exp.Literal.string(one), "TIMESTAMP") for one in _YEARS)
    least = exp.func("least", moment, last, dialect="duckdb")
    held = exp.func("greatest", least, first, dialect="duckdb")
    return exp.Case().when(exp.Is(this=moment.copy(), expression=exp.null()), exp.null()).else_(held)


def _pairs() -> exp.Subquery:
    pairs = exp.select(*(exp.column(name, quoted=True) for name in ("actor", "subject"))).distinct()
    return pairs.from_("access").subquery("access")


def _bound(template: Template) -> dict[str, exp.Column] | None:
    """For actor and subject, the column of a hop that stands for it; None where a hop hangs on nothing before it."""
    bound: dict[str, exp.Column] = {}
    reached: set[str] = set()
    for hop in template.path:
        anchors = {found.alias for _, found in hop.match if found.alias != "access"}
        keys = {found.column for _, found in hop.match if found.alias == "access"}
        if reached and not anchors and not keys & set(bound):
            return None
        reached.add(hop.alias)
        for column, found in hop.match:
            if found.alias == "access" and found.column not in bound:
                bound[found.column] = compiler.column_of(Reference(hop.alias, column))
    return {name: bound[name] for name in ("actor", "subject")}


def _free(matches: list[exp.Expr], bound: Mapping[str, exp.Column]) -> list[exp.Expr]:
    """The hop's conditions with the standing columns for the access's.

    What only says that a column is itself goes, and what asks for another column of the access: without it more is touched.
    """
    found = [_substituted(one, bound) for one in matches if _asks_of_pair(one)]
    return [one for one in found if not (isinstance(one, exp.EQ) and one.this == one.expression)] or [exp.true()]


def _asks_of_pair(condition: exp.Expr) -> bool:
    return all(column.name in _PAIR for column in condition.find_all(exp.Column) if column.table == "access")


def _substituted(condition: exp.Expr, bound: Mapping[str, exp.Column]) -> exp.Expr:
    def standing(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.table == "access":
            return bound[node.name].copy()
        return node

    return condition.transform(standing)


def _table(hop: Hop, tables: Tables) -> exp.Expr:
    return exp.to_table(tables[hop.alias]).as_(hop.alias)
