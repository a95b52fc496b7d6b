"""The search: halves of paths walked over the relations for a pool of accesses, which meet in the middle; as queries."""

from __future__ import annotations

from sqlglot import exp

from custodiet_mining.domains import Domain
from custodiet_mining.halves import Half, Side
from custodiet_mining.limits import Limits
from custodiet_mining.path import Step

#: What a half carries along besides the key that it reached.
_CARRIED = ("access", "family", "occurred_at", "actor", "subject")
_ENDS = {Domain.PERSON: "actor", Domain.SUBJECT: "subject"}


def origin(side: Side, pool: str) -> exp.Select:
    """Return the half without a step: the actors, or the subjects, of the pool."""
    return exp.select(*(exp.column(name) for name in _CARRIED), exp.column(side.value).as_("reached")).from_(pool)


def farther(half: Half, before: str, limits: Limits) -> exp.Select:
    """Return what the half reaches from the rows of the one before: each key once, nothing for an access that reaches too many.

    On its way a path goes neither over the actor himself nor over the subject looked at.
    """
    step = half.last
    given = exp.column(half.given, table="r", quoted=True)
    walked = (
        exp.select(*(exp.column(name, table="b") for name in _CARRIED), given.as_("reached"))
        .distinct()
        .from_(exp.to_table(before).as_("b"))
        .join(
            exp.to_table(step.relation).as_("r"),
            on=exp.EQ(this=exp.column(half.taken, table="r", quoted=True), expression=exp.column("reached", table="b")),
        )
        .where(exp.not_(exp.Is(this=given.copy(), expression=exp.Null())), *_during(step, limits), *_passing(half))
    )
    number = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[exp.column("access")])
    few = exp.LTE(this=number, expression=exp.Literal.number(limits.hub))
    return exp.select("*").from_(walked.subquery("walked")).qualify(few)


def met(halves: dict[Half, str], side: Side) -> exp.Query:
    """Return what all halves of that side reached, each named by its number: half, length, domain, access, reached."""
    numbered = [
        exp.select(
            exp.Literal.number(number).as_("half"),
            exp.Literal.number(len(half.steps)).as_("steps"),
            exp.Literal.string(half.meets.value).as_("domain"),
            "access",
            "family",
            "reached",
        ).from_(table)
        for number, (half, table) in enumerate(halves.items())
        if half.side is side
    ]
    return numbered[0] if len(numbered) == 1 else exp.union(*numbered, distinct=False)


def _during(step: Step, limits: Limits) -> list[exp.Expr]:
    at = exp.column("occurred_at", table="b")
    begins, ends = (exp.column(name, table="r", quoted=True) for name in ("valid_from", "valid_to"))
    if step.is_event:
        begins_from = exp.Sub(this=begins, expression=_span(limits.before.total_seconds()))
        until = exp.Add(this=begins.copy(), expression=_span(limits.after.total_seconds()))
        return [exp.GTE(this=at, expression=begins_from), exp.LT(this=at.copy(), expression=until)]
    return [exp.GTE(this=at, expression=begins), exp.LT(this=at.copy(), expression=ends)]


def _passing(half: Half) -> list[exp.Expr]:
    """Where a key lies on the way, it is neither end: for halves from the actor what they reach, else what they go on from."""
    if half.side is Side.ACTOR:
        domain, key = half.meets, exp.column(half.given, table="r", quoted=True)
    elif half.before.steps:
        domain, key = half.before.meets, exp.column("reached", table="b")
    else:
        return []
    end = _ENDS.get(domain)
    return [] if end is None else [exp.NEQ(this=key, expression=exp.column(end, table="b"))]


def _span(seconds: float) -> exp.Expr:
    return exp.Interval(this=exp.Literal.string(str(int(seconds))), unit=exp.var("SECOND"))
