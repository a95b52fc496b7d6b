"""What changed rows of context can touch: which pairs of actor and subject, in which period.

The queries err to the safe side: a pair that they name may come out as it was, but one that they do not name does. Rows that
came and rows that went are treated alike, each joined with all rows that stand or stood.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from custodiet.explain import compiler
from custodiet.explain.links import conditions, period, starts
from custodiet.explain.template import Hop, Reference, Template

#: For each alias of a path, the table that holds the hop's rows.
Tables = Mapping[str, str]


def touched(template: Template, tables: Tables) -> exp.Select:
    """Return the query for what the template says over these tables: actor, subject, and the period.

    It names every pair, whoever looks; where the path falls apart without an access (a subject's matter here, an actor's duty
    there), the pairs that look at one another in `access`.
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
    query = query.where(exp.LT(this=start.copy(), expression=end.copy()), *_begun(template, bound))
    return query.where(*(_substituted(one, bound) for one in conditions(template)))


#: The parameter of these queries: the last moment of the accesses that may be touched.
LAST = "last"


def _begun(template: Template, bound: Mapping[str, exp.Column]) -> list[exp.Expr]:
    """What begins after the last access touches none; each start is held apart, so that a relation can be read in part."""
    last = exp.cast(exp.Parameter(this=exp.var(LAST)), "TIMESTAMP")
    return [exp.LTE(this=_substituted(one, bound), expression=last.copy()) for one in starts(template)]


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
    """The hop's conditions with the standing columns for the access's; what only says that a column is itself goes."""
    found = [_substituted(one, bound) for one in matches]
    return [one for one in found if not (isinstance(one, exp.EQ) and one.this == one.expression)] or [exp.true()]


def _substituted(condition: exp.Expr, bound: Mapping[str, exp.Column]) -> exp.Expr:
    def standing(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.table == "access":
            return bound[node.name].copy()
        return node

    return condition.transform(standing)


def _table(hop: Hop, tables: Tables) -> exp.Expr:
    return exp.to_table(tables[hop.alias]).as_(hop.alias)
