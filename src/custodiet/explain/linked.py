"""From links to instances: which links hold for each access, and how strongly at its moment.

The strength is computed in the same order of operations as the compiled templates do it, so that both give the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from custodiet.explain.settling import settled_query
from custodiet.explain.template import Keep, Template

_A, _L, _T = "a", "l", "t"


def places(templates: Sequence[Template]) -> dict[str, int]:
    """Return each template's place among the names of all, from 0: the number by which links know it."""
    return {name: place for place, name in enumerate(sorted(template.id for template in templates))}


def found(accesses: str = "access", link: str = "link") -> exp.Select:
    """Return the query for what holds of each access: its number, the template's place, the strength, the rows."""
    columns = (("access", _A), ("place", _L), ("rests_on", _L))
    own = [exp.column(name, table=table, quoted=True) for name, table in columns]
    return (
        exp.select(*own, settled_query(_strength()).as_("strength"))
        .from_(exp.to_table(accesses).as_(_A))
        .join(exp.to_table(link).as_(_L), on=exp.and_(*_holds()))
    )


def instances(templates: Sequence[Template], accesses: str = "access", link: str = "link") -> exp.Query:
    """Return the query that writes the rows of `explanation` that the links of these templates make."""
    parts = []
    for keep in Keep:
        chosen = [template for template in templates if template.keep is keep]
        if chosen:
            parts.append(_named(chosen, places(templates), _kept(keep, chosen, places(templates), accesses, link)))
    return parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)


def _kept(keep: Keep, chosen: Sequence[Template], at: dict[str, int], accesses: str, link: str) -> exp.Select:
    own = [exp.Literal.number(at[template.id]) for template in chosen]
    rows = found(accesses, link).where(exp.In(this=exp.column("place", table=_L), expressions=own))
    if keep is Keep.ALL:
        return rows
    order = exp.Order(
        expressions=[
            exp.Ordered(this=exp.column("strength"), desc=True, nulls_first=False),
            exp.Ordered(this=exp.column("rests_on"), nulls_first=False),
        ]
    )
    number = exp.Window(this=exp.RowNumber(), partition_by=[exp.column("access"), exp.column("place")], order=order)
    first = exp.EQ(this=number, expression=exp.Literal.number(1))
    return exp.select("*").from_(rows.subquery("f")).qualify(first)


def _named(chosen: Sequence[Template], at: dict[str, int], rows: exp.Select) -> exp.Select:
    """The rows with the template's name and group for its place."""
    columns = ("place", "template", "evidence_group")
    written = [
        exp.Tuple(
            expressions=[
                exp.Literal.number(at[template.id]),
                exp.Literal.string(template.id),
                exp.Literal.string(template.evidence_group),
            ]
        )
        for template in chosen
    ]
    names = exp.Values(
        expressions=written,
        alias=exp.TableAlias(this=exp.to_identifier(_T), columns=[exp.to_identifier(name) for name in columns]),
    )
    wanted = (("access", "f"), ("template", _T), ("evidence_group", _T), ("strength", "f"), ("rests_on", "f"))
    return (
        exp.select(*(exp.column(name, table=table) for name, table in wanted))
        .from_(rows.subquery("f"))
        .join(names, on=exp.EQ(this=exp.column("place", table=_T), expression=exp.column("place", table="f")))
    )


def _holds() -> list[exp.Expr]:
    at = exp.column("occurred_at", table=_A, quoted=True)
    keys = [
        exp.EQ(this=exp.column(name, table=_L), expression=exp.column(name, table=_A, quoted=True))
        for name in ("actor", "subject")
    ]
    return [
        *keys,
        exp.GTE(this=at, expression=exp.column("valid_from", table=_L)),
        exp.LT(this=at.copy(), expression=exp.column("valid_to", table=_L)),
    ]


def _strength() -> exp.Expr:
    weight: exp.Expr = exp.column("base", table=_L)
    for factor in (_faded(), exp.column("own", table=_L), _late(), exp.column("crowded", table=_L)):
        weight = exp.Mul(this=weight, expression=factor)
    return weight


def _faded() -> exp.Expr:
    at = exp.func("epoch_us", exp.column("occurred_at", table=_A, quoted=True))
    before, after, half_life = (exp.column(name, table=_L) for name in ("fades_before", "fades_after", "half_life"))
    outside = exp.func(
        "greatest",
        exp.Literal.number(0),
        exp.Sub(this=before, expression=at),
        exp.Sub(this=at.copy(), expression=after),
    )
    halvings = exp.Div(this=outside, expression=half_life)
    power = exp.func("pow", _number(2.0), exp.Neg(this=exp.paren(halvings)))
    known = exp.not_(exp.Is(this=half_life.copy(), expression=exp.null()))
    return exp.Case().when(known, power).else_(_number(1.0))


def _late() -> exp.Expr:
    at, to = exp.column("occurred_at", table=_A, quoted=True), exp.column("late_to", table=_L)
    return exp.Case().when(exp.LTE(this=at, expression=to), exp.column("late", table=_L)).else_(_number(1.0))


def _number(value: float) -> exp.Expr:
    return exp.cast(exp.Literal.number(repr(value)), "DOUBLE")
