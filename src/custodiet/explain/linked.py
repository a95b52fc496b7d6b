"""From links to instances: which links hold for each access, and how strongly at its moment.

The strength is computed in the same order of operations as the compiled templates do it, so that both give the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from custodiet.explain.settling import settled_query
from custodiet.explain.template import Keep, Template

_A, _L, _T = "a", "l", "t"


def places(templates: Sequence[Template]) -> dict[str, int]:
    """Return each template's place among the names of all, from 0: the number by which links know it."""
    return {name: place for place, name in enumerate(sorted(template.id for template in templates))}


def found(accesses: str = "access", link: str = "link", keep: Iterable[int] | None = None) -> exp.Select:
    """Return the query for what holds of each access: its number, the template's place, the strength, the link's rank."""
    columns = (("access", _A), ("place", _L), ("rank", _L))
    query = (
        exp.select(*(exp.column(name, table=table, quoted=True) for name, table in columns))
        .select(settled_query(_strength()).as_("strength"))
        .from_(exp.to_table(accesses).as_(_A))
        .join(exp.to_table(link).as_(_L), on=exp.and_(*_holds()))
    )
    if keep is None:
        return query
    return query.where(
        exp.In(this=exp.column("place", table=_L), expressions=[exp.Literal.number(one) for one in keep])
    )


def weights(templates: Sequence[Template], accesses: str = "access", link: str = "link") -> exp.Select:
    """Return the query for what states are made of: access, template, evidence group and strength of all that holds.

    A wide template may be there many times for one access; its strongest is that of `instances`.
    """
    rows = found(accesses, link)
    names = [exp.column(name, table=table) for name, table in _WEIGHED]
    return exp.select(*names).from_(rows.subquery("f")).join(_names(templates, places(templates)), on=_of_place())


_WEIGHED = (("access", "f"), ("template", _T), ("evidence_group", _T), ("strength", "f"))


def instances(templates: Sequence[Template], accesses: str = "access", link: str = "link") -> exp.Query:
    """Return the query that writes the rows of `explanation` that the links of these templates make."""
    at = places(templates)
    parts = []
    for keep in Keep:
        chosen = [template for template in templates if template.keep is keep]
        rows = found(accesses, link, [at[template.id] for template in chosen])
        if chosen:
            parts.append(_named(chosen, at, rows if keep is Keep.ALL else _strongest(rows), link))
    return parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)


def _strongest(rows: exp.Select) -> exp.Select:
    """Of each access and template the strongest, among equals the one with the smallest rows, as one number's minimum.

    The number is what the strength lacks of 1, in millionths, before the rank: a minimum over numbers takes a third of the
    time of sorting rows.
    """
    lack = exp.Sub(this=_MILLION.copy(), expression=exp.cast(_rounded(exp.column("strength")), "BIGINT"))
    packed = exp.Add(this=exp.Mul(this=exp.paren(lack), expression=_RANKS.copy()), expression=exp.column("rank"))
    keys = ("access", "place")
    least = exp.select(*keys, exp.func("min", packed).as_("least")).from_(rows.subquery("r")).group_by(*keys)
    left = exp.IntDiv(this=exp.column("least"), expression=_RANKS.copy())
    strength = exp.Div(
        this=exp.cast(exp.paren(exp.Sub(this=_MILLION.copy(), expression=left)), "DOUBLE"),
        expression=exp.cast(_MILLION.copy(), "DOUBLE"),
    )
    rank = exp.Mod(this=exp.column("least"), expression=_RANKS.copy())
    return exp.select(*keys, rank.as_("rank"), strength.as_("strength")).from_(least.subquery("m"))


_MILLION = exp.Literal.number(1_000_000)
#: More links than any machine holds, and small enough that a millionth's number of them fits into 63 bits.
_RANKS = exp.Literal.number(2**40)


def _rounded(strength: exp.Expr) -> exp.Expr:
    return exp.func("round", exp.Mul(this=strength, expression=_MILLION.copy()))


def _named(chosen: Sequence[Template], at: dict[str, int], rows: exp.Select, link: str) -> exp.Select:
    """The rows with the template's name and group for its place, and the rows that the link rests on for its rank."""
    names = [exp.column(name, table=table) for name, table in (*_WEIGHED, ("rests_on", "k"))]
    same_rank = exp.EQ(this=exp.column("rank", table="k"), expression=exp.column("rank", table="f"))
    return (
        exp.select(*names)
        .from_(rows.subquery("f"))
        .join(_names(chosen, at), on=_of_place())
        .join(exp.to_table(link).as_("k"), on=same_rank)
    )


def _names(templates: Sequence[Template], at: dict[str, int]) -> exp.Values:
    """What is called what at which place."""
    columns = ("place", "template", "evidence_group")
    written = [
        exp.Tuple(
            expressions=[
                exp.Literal.number(at[template.id]),
                exp.Literal.string(template.id),
                exp.Literal.string(template.evidence_group),
            ]
        )
        for template in templates
    ]
    alias = exp.TableAlias(this=exp.to_identifier(_T), columns=[exp.to_identifier(name) for name in columns])
    return exp.Values(expressions=written, alias=alias)


def _of_place() -> exp.Expr:
    return exp.EQ(this=exp.column("place", table=_T), expression=exp.column("place", table="f"))


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
