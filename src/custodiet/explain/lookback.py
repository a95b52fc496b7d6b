"""How far from an access the looks lie that its second pass may rest on, so that no more of them need be at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from custodiet.explain.template import Moment, Reference, Template

_AT = Reference("access", "occurred_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookback:
    """How long before and after an access it looks; None: without a bound."""

    before: timedelta | None
    after: timedelta | None


def lookback(templates: Iterable[Template]) -> Lookback:
    """Return the widest that any of the templates looks for an explained access."""
    found = [
        _of_hop(template, hop.alias)
        for template in templates
        for hop in template.path
        if hop.relation == "explained_access"
    ]
    return Lookback(before=_widest([one.before for one in found]), after=_widest([one.after for one in found]))


def _of_hop(template: Template, alias: str) -> Lookback:
    befores: list[timedelta] = []
    afters: list[timedelta] = []
    for window in template.windows:
        if not _is(window.instant, _AT) or window.instant.terms[0].shift:
            continue
        befores += _shift(window.until, alias)
        afters += [-shift for shift in _shift(window.start, alias)]
    return Lookback(before=min(befores, default=None), after=min(afters, default=None))


def _shift(moment: Moment | None, alias: str) -> list[timedelta]:
    """The span by which the moment lies after the look, where it is one; a moment of many terms bounds nothing."""
    if moment is None or not _is(moment, Reference(alias, "occurred_at")):
        return []
    return [moment.terms[0].shift]


def _is(moment: Moment, reference: Reference) -> bool:
    return len(moment.terms) == 1 and moment.terms[0].reference == reference


def _widest(spans: list[timedelta | None]) -> timedelta | None:
    known = [span for span in spans if span is not None]
    return max(known, default=timedelta(0)) if len(known) == len(spans) else None
