"""From signals to a query: which signals fire on which episodes, with the values that their sentences name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from custodiet.detect.conditions import COMPARES, Claim, Condition
from custodiet.detect.features import FEATURE
from custodiet.detect.signal_file import SignalFile
from custodiet.relations.query import Query
from custodiet.relations.relation import Type

#: Keeps the strongest signal of each group; reads what `fired_query` wrote as `signal_fired`.
SIGNAL = Query("custodiet.detect", "signal.sql")

_COMPARISON: dict[str, type[exp.Binary]] = {
    "is": exp.EQ,
    "is_not": exp.NEQ,
    "at_least": exp.GTE,
    "at_most": exp.LTE,
    "above": exp.GT,
    "below": exp.LT,
}


def fired_query(signals: Sequence[SignalFile]) -> exp.Expression:
    """Return the query that writes `signal_fired`: a row for each signal and each episode that it fires on."""
    queries = [_fires(signal) for signal in sorted(signals, key=lambda each: each.id)]
    if not queries:
        return _row("", exp.convert(0), None, ()).where(exp.false())
    query: exp.Expression = queries[0]
    for each in queries[1:]:
        query = exp.Union(this=query, expression=each, distinct=False)
    return query


def _fires(signal: SignalFile) -> exp.Select:
    points = _points(signal)
    query = _row(signal.id, points, signal.group, signal.names).where(*(_holds(each) for each in signal.when))
    return query if signal.times is None else query.where(exp.NEQ(this=points.copy(), expression=exp.convert(0)))


def _points(signal: SignalFile) -> exp.Expr:
    """The points, or the nearest whole number to their expected weight; what weighs less than a half does not count."""
    if signal.times is None:
        return exp.convert(signal.points)
    weight = exp.Mul(this=exp.cast(exp.convert(signal.points), "DOUBLE"), expression=exp.column(signal.times))
    half = exp.Add(this=weight, expression=exp.cast(exp.convert(0.5), "DOUBLE"))
    return exp.cast(exp.Floor(this=half), "BIGINT")


def _row(signal: str, points: exp.Expr, group: str | None, names: Iterable[str]) -> exp.Select:
    named = [part for name in names for part in (exp.Literal.string(name), exp.column(name))]
    facts = exp.Anonymous(this="json_object", expressions=named)
    return exp.select(
        exp.column("finding"),
        exp.alias_(exp.Literal.string(signal), "signal"),
        exp.alias_(exp.cast(points, "BIGINT"), "points"),
        exp.alias_(exp.cast(exp.convert(group), "VARCHAR"), "signal_group"),
        exp.alias_(exp.cast(facts, "VARCHAR"), "facts"),
    ).from_("feature")


def _holds(condition: Condition) -> exp.Condition:
    return exp.or_(*(exp.and_(*(_claim(claim) for claim in claims)) for claims in condition.alternatives))


def _claim(claim: Claim) -> exp.Expr:
    value = _value(claim)
    if claim.word == "known":
        absent = exp.Is(this=value, expression=exp.null())
        return exp.Not(this=absent) if claim.value else absent
    if isinstance(claim.value, tuple):
        return exp.In(this=value, expressions=[exp.Literal.string(text) for text in claim.value])
    return _COMPARISON[claim.word](this=value, expression=_literal(claim))


def _value(claim: Claim) -> exp.Expr:
    if claim.per is None:
        return exp.column(claim.feature)
    whole = exp.Nullif(this=exp.cast(exp.column(claim.per), "DOUBLE"), expression=exp.convert(0))
    return exp.Paren(this=exp.Div(this=exp.cast(exp.column(claim.feature), "DOUBLE"), expression=whole))


def _literal(claim: Claim) -> exp.Expr:
    literal = exp.convert(claim.value)
    numeric = claim.word in COMPARES or not isinstance(claim.value, bool | str)
    if numeric and (claim.per is not None or FEATURE.column(claim.feature).type is Type.NUMBER):
        return exp.cast(literal, "DOUBLE")
    return literal
