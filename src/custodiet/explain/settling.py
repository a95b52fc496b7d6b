"""Strengths to six places, by multiplying and cutting off: the same in Python and in every version of the engine.

`round` is not: engines differ on whether 0.9923215, which no binary number is, lies above or below the middle.
"""

from __future__ import annotations

from math import floor

from sqlglot import exp

_PLACES = 1_000_000


def settled(strength: float) -> float:
    """Return the strength to six places."""
    return floor(strength * _PLACES + 0.5) / _PLACES


def settled_query(strength: exp.Expr) -> exp.Expr:
    """Return the expression that gives the strength to six places."""
    wide = exp.Mul(this=exp.cast(exp.paren(strength), "DOUBLE"), expression=exp.Literal.number(_PLACES))
    half = exp.cast(exp.Literal.number("0.5"), "DOUBLE")
    whole = exp.Floor(this=exp.Add(this=wide, expression=half))
    return exp.Div(this=whole, expression=exp.cast(exp.Literal.number(_PLACES), "DOUBLE"))
