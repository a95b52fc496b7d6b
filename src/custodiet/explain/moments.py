"""The small notations inside a template: spans (`28d`), references (`a.person`) and moments (`i.valid_to + 7d or ...`)."""

from __future__ import annotations

import re
from datetime import timedelta

from custodiet.explain.template import Moment, Reference, Term

_SPAN = re.compile(r"^(\d+)(min|s|h|d)$")
_REFERENCE = re.compile(r"^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)$")
_TERM = re.compile(r"^([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)(?:\s*([+-])\s*(\S+))?$")
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}

SPAN_FORM = "a number and a unit: s, min, h or d, e.g. 28d"
REFERENCE_FORM = "an alias and a column, e.g. a.person"
MOMENT_FORM = "a column that may be moved by a span, e.g. i.valid_to + 28d or a.valid_from + 28d"


def span(text: str) -> timedelta:
    """Return the span that the text names; raises ValueError."""
    found = _SPAN.match(text)
    if found is None:
        raise ValueError(text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def reference(text: str) -> Reference:
    """Return the reference that the text names; raises ValueError."""
    found = _REFERENCE.match(text)
    if found is None:
        raise ValueError(text)
    return Reference(found[1], found[2])


def moment(text: str) -> Moment:
    """Return the moment that the text names; raises ValueError."""
    return Moment(tuple(_term(part.strip()) for part in text.split(" or ")))


def _term(text: str) -> Term:
    found = _TERM.match(text)
    if found is None:
        raise ValueError(text)
    shift = span(found[3]) if found[3] else timedelta(0)
    return Term(reference=reference(found[1]), shift=-shift if found[2] == "-" else shift)
