"""What is asked of the instances of one candidate: their lags and classes, what they would close, whom else they would excuse.

Each query reads `instance`, rows of the relation `explanation` that the candidate's template finds over a table of accesses.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from custodiet.explain.compiler import compiled
from custodiet.explain.template import Reference, Template
from custodiet_mining.candidate import Candidate
from custodiet_mining.drafting import drafted
from custodiet_mining.limits import Limits
from custodiet_mining.weighing import REAL

INSTANCE = "instance"
#: Of as many accesses it is counted whom else the same rows would excuse.
PROBED = 500
_FEW = "probed_access"


def matched(pool: str) -> exp.Select:
    """Return by family how many accesses of the pool have an instance."""
    return _with_pool(pool).select("p.family", _distinct("access", "p")).group_by("p.family")


def masks_of_lag(candidate: Candidate, pool: str, cells: str) -> exp.Select:
    """Return by family how many accesses have their instances in which cells of lag: family, mask, accesses.

    The lag is from the beginning of the anchor's row to the access; bit n of the mask is for cell n.
    """
    place = candidate.path.anchor
    assert place is not None
    lag = exp.Sub(
        this=exp.func("epoch_us", exp.column("occurred_at", table="p")),
        expression=exp.func("epoch_us", exp.column("valid_from", table="r")),
    )
    inside = exp.and_(
        exp.GTE(this=exp.paren(lag), expression=exp.column("since", table="c")),
        exp.LT(this=exp.paren(lag.copy()), expression=exp.column("until", table="c")),
    )
    joined = _with_row(candidate, place, pool).join(exp.to_table(cells).as_("c"), on=inside)
    return _counted(joined)


def masks_of_class(candidate: Candidate, place: int, column: str, pool: str, cells: str) -> exp.Select:
    """Return by family how many accesses have rows of which classes at that place: family, mask, accesses."""
    same = exp.EQ(this=exp.column("value", table="c"), expression=exp.column(column, table="r", quoted=True))
    joined = _with_row(candidate, place, pool).join(exp.to_table(cells).as_("c"), on=same)
    return _counted(joined)


def classes(candidate: Candidate, place: int, column: str, pool: str) -> exp.Select:
    """Return the classes of the rows at that place, those of most accesses first."""
    value = exp.column(column, table="r", quoted=True)
    count = _distinct("access", "p")
    return (
        _with_row(candidate, place, pool)
        .select(value.as_("value"))
        .where(exp.not_(exp.Is(this=value.copy(), expression=exp.Null())))
        .group_by(value.copy())
        .order_by(
            exp.Ordered(this=count, desc=True, nulls_first=False),
            exp.Ordered(this=exp.column("value"), nulls_first=False),
        )
    )


def sources(candidate: Candidate, place: int) -> exp.Select:
    """Return the sources that the rows at that place come from, each with how many accesses rest on it."""
    source = exp.column("source", table="r")
    return (
        _rows(candidate, place, exp.select().from_(exp.to_table(INSTANCE).as_("f")))
        .select(source.as_("source"), _distinct("access", "f"))
        .group_by(source.copy())
        .order_by("source")
    )


def probed(pool: str) -> exp.Select:
    """Return some of the real accesses of the pool that have an instance: always the same ones of the same."""
    draw = exp.func("md5", exp.cast(exp.column("access"), "VARCHAR"))
    real = exp.EQ(this=exp.column("family", table="p"), expression=exp.Literal.string(REAL))
    chosen = _with_pool(pool).select(exp.column("access", table="p")).distinct().where(real)
    return exp.select("access").from_(chosen.subquery("c")).order_by(draw, "access").limit(PROBED)


def probed_instances(candidate: Candidate, limits: Limits, probed: str, accesses: str) -> exp.Select:
    """Return the instances of the freed path for the accesses that are probed."""
    column = exp.column("access")
    chosen = exp.In(this=column, query=exp.select("access").from_(probed).subquery())
    few = exp.select("*").from_(accesses).where(chosen)
    return compiled(freed(candidate, limits), _FEW).with_(_FEW, few)


def freed(candidate: Candidate, limits: Limits) -> Template:
    """Return the template of the same path walked from the subject, whoever stands at its other end."""
    template = drafted(candidate, limits)
    hops = []
    for place in range(len(template.path) - 1, -1, -1):
        hop = template.path[place]
        match = [pair for pair in hop.match if str(pair[1]) == "access.subject"]
        if place < len(template.path) - 1:
            match = _backward(template, place)
        hops.append(replace(hop, match=tuple(match)))
    return replace(template, path=tuple(hops), differs=())


def excused(candidate: Candidate, table: str) -> exp.Select:
    """Return, for the rows of a freed template in the table, how many people stand at the end for each access: people, accesses."""
    step = candidate.path.steps[0]
    person = exp.column(step.entry, table="r", quoted=True)
    each = (
        exp.select(exp.column("access", table="f"), exp.Count(this=exp.Distinct(expressions=[person])).as_("people"))
        .from_(exp.to_table(table).as_("f"))
        .join(exp.to_table(step.relation).as_("r"), on=_is_fact(len(candidate.path.steps) - 1))
        .group_by(exp.column("access", table="f"))
    )
    return (
        exp.select("people", exp.Count(this=exp.Star()).as_("accesses"))
        .from_(each.subquery("e"))
        .group_by("people")
        .order_by("people")
    )


def _backward(template: Template, place: int) -> list[tuple[str, Reference]]:
    """Return the pairs by which the next hop is entered from this one, turned round."""
    hop, after = template.path[place], template.path[place + 1]
    return [(found.column, Reference(after.alias, column)) for column, found in after.match if found.alias == hop.alias]


def _with_pool(pool: str) -> exp.Select:
    same = exp.EQ(this=exp.column("access", table="p"), expression=exp.column("access", table="f"))
    return exp.select().from_(exp.to_table(INSTANCE).as_("f")).join(exp.to_table(pool).as_("p"), on=same)


def _with_row(candidate: Candidate, place: int, pool: str) -> exp.Select:
    return _rows(candidate, place, _with_pool(pool))


def _rows(candidate: Candidate, place: int, query: exp.Select) -> exp.Select:
    return query.join(exp.to_table(candidate.path.steps[place].relation).as_("r"), on=_is_fact(place))


def _is_fact(place: int) -> exp.Expr:
    number = exp.Bracket(this=exp.column("rests_on", table="f"), expressions=[exp.Literal.number(place)])
    return exp.EQ(this=exp.column("fact", table="r"), expression=number)


def _counted(joined: exp.Select) -> exp.Select:
    bit = exp.BitwiseLeftShift(
        this=exp.cast(exp.Literal.number(1), "BIGINT"), expression=exp.cast(exp.column("cell", table="c"), "BIGINT")
    )
    each = joined.select("p.family", "p.access", exp.func("bit_or", exp.paren(bit)).as_("mask")).group_by(
        "p.family", "p.access"
    )
    return (
        exp.select("family", "mask", exp.Count(this=exp.Star()).as_("accesses"))
        .from_(each.subquery("e"))
        .group_by("family", "mask")
    )


def _distinct(column: str, table: str) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[exp.column(column, table=table)]))
