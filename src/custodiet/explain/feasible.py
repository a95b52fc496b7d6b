"""Whether some moment of an access can satisfy a template's windows at all, whatever the rows say.

Windows are differences between moments: `a.valid_to` lies within a day after `access.occurred_at`, and so on. Such a system
has no solution exactly where the differences around some circle add up to less than nothing. A row's `valid_from` is taken
to lie before its `valid_to`: what holds only for reversed rows holds for none that is worth a template.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from math import prod

from custodiet.explain.template import Moment, Reference, Term, Window

_MICROSECOND = timedelta(microseconds=1)
_MOST_WAYS = 4096  # of reading the moments; a template with more is not judged


@dataclass(frozen=True, slots=True)
class _Bound:
    """`later - earlier` is at most `most`."""

    later: Reference
    earlier: Reference
    most: timedelta


def impossible(windows: Sequence[Window]) -> int | None:
    """Return the number (from 0) of the first window that cannot hold together with those before it; None: all can."""
    for number in range(len(windows)):
        if not _can_hold(windows[: number + 1]):
            return number
    return None


def _can_hold(windows: Sequence[Window]) -> bool:
    """An `or` leaves several ways to read a moment: one way in which everything can hold is enough."""
    moments = sorted({moment for window in windows for moment in _moments(window)}, key=repr)
    if prod(len(moment.terms) for moment in moments) > _MOST_WAYS:
        return True
    for chosen in product(*(moment.terms for moment in moments)):
        if _solvable(list(_bounds(windows, dict(zip(moments, chosen, strict=True))))):
            return True
    return False


def _moments(window: Window) -> Iterator[Moment]:
    yield from (moment for moment in (window.instant, window.start, window.until) if moment is not None)


def _bounds(windows: Sequence[Window], read: dict[Moment, Term]) -> Iterator[_Bound]:
    rows = set()
    for window in windows:
        at = read[window.instant]
        for moment, after, nearest in ((window.start, False, timedelta(0)), (window.until, True, _MICROSECOND)):
            if moment is None:
                continue
            bound = read[moment]
            later, earlier = (bound, at) if not after else (at, bound)
            # later + its shift <= earlier + its shift - nearest
            yield _Bound(later.reference, earlier.reference, earlier.shift - later.shift - nearest)
        rows |= {term.reference.alias for moment in _moments(window) for term in moment.terms}
    for alias in sorted(rows):
        yield _Bound(Reference(alias, "valid_from"), Reference(alias, "valid_to"), -_MICROSECOND)


def _solvable(bounds: Sequence[_Bound]) -> bool:
    """Bellman and Ford: relax each bound as often as there are moments; one that still gives way closes a circle."""
    known = dict.fromkeys([one for bound in bounds for one in (bound.later, bound.earlier)], timedelta(0))
    for _ in range(len(known) + 1):
        slack = [bound for bound in bounds if known[bound.earlier] + bound.most < known[bound.later]]
        if not slack:
            return True
        for bound in slack:
            known[bound.later] = min(known[bound.later], known[bound.earlier] + bound.most)
    return False
