"""Which segments a published policy lets go: all of their rows past their period, none of them held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from custodiet.ledger.holding import standing
from custodiet.ledger.index_ranges import overlap
from custodiet.ledger.retention import Hold
from custodiet.ledger.retention_policy import Policy


class State(StrEnum):
    """What a policy says of a segment on a day."""

    OVER = "over"  # all rows are past their period: it may go
    MIXED = "mixed"  # some are; it waits for the others
    KEPT = "kept"  # none is, or no rule speaks of them
    HELD = "held"  # it might go, and a hold keeps it
    STANDS = "stands"  # it might go, and earlier statements of its facts would stand again


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """When the rows of one source in a segment happened."""

    source: str | None  # None: there is none, or it was erased
    first: date | None  # None: of no row is it known
    last: date | None
    open: int = 0  # rows without an end: true until further notice, or the time was erased


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A segment, and what is to become of it."""

    start: int
    end: int
    typ: str
    state: State
    last: date | None  # when the last of its rows happened; None: not known of any
    until: date | None  # the last day on which all of it is kept; None: no end is known
    authorities: tuple[str, ...]


def planned(
    segment: tuple[int, int, str], ages: Sequence[Ages], policy: Policy, holds: Iterable[Hold], as_of: date
) -> Planned:
    """Return what the policy says of a segment (start, end, type) on that day."""
    start, end, typ = segment
    kind = typ.partition("/")[0]
    rules = [(one, policy.rules_for(kind, one.source)) for one in ages]
    ends = [rule.last_day(one.last) for one, own in rules for rule in own if one.last is not None]
    firsts = [max(rule.last_day(one.first) for rule in own) for one, own in rules if own and one.first is not None]
    endless = not ends or any(one.open or not own for one, own in rules)
    state = State.KEPT
    if firsts and min(firsts) < as_of:
        state = State.MIXED if endless or max(ends) >= as_of else State.OVER
    if state is State.OVER and any(overlap(hold.entries, start, end) for hold in standing(holds)):
        state = State.HELD
    return Planned(
        start=start,
        end=end,
        typ=typ,
        state=state,
        last=max((one.last for one in ages if one.last is not None), default=None),
        until=None if endless else max(ends),
        authorities=tuple(dict.fromkeys(rule.authority for _, own in rules for rule in own)),
    )
