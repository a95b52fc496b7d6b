"""The geometry of the report's charts, as percentages of a width that the page decides. The templates draw it.

Percentages keep text and marks at their size at any width, so that a chart reads as well at 320 pixels as on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from custodiet.model.explanations import State
from custodiet.model.findings import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a bar, from x and as wide as width, both as "12.5%"."""

    x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSegment:
    """A state's stretch of the bar of all accesses."""

    state: State
    segment: Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One signal's stretch in the waterfall, and the score so far."""

    signal: Signal
    running: int
    segment: Segment


def percent(part: float, whole: float) -> str:
    """Return the part of the whole as a percentage with two decimals, trailing zeros dropped; 0% of nothing."""
    value = 0.0 if whole == 0 else 100.0 * part / whole
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def bar(part: int, whole: int) -> Segment:
    """Return a bar from the left edge."""
    return Segment(x="0%", width=percent(part, whole))


def stacked(counts: Sequence[tuple[State, int]]) -> tuple[StateSegment, ...]:
    """Return the states' stretches side by side, in the order given; empty states are left out."""
    whole = sum(count for _, count in counts)
    starts = [0, *accumulate(count for _, count in counts)]
    return tuple(
        StateSegment(state=state, segment=Segment(x=percent(start, whole), width=percent(count, whole)))
        for (state, count), start in zip(counts, starts, strict=False)
        if count
    )


def waterfall(signals: Sequence[Signal]) -> tuple[Step, ...]:
    """Return the signals' stretches, each beginning where the one before it ended."""
    totals = [0, *accumulate(signal.points for signal in signals)]
    low, high = min(totals), max(totals)
    return tuple(
        Step(
            signal=signal,
            running=after,
            segment=Segment(
                x=percent(min(before, after) - low, high - low), width=percent(abs(after - before), high - low)
            ),
        )
        for signal, before, after in zip(signals, totals, totals[1:], strict=False)
    )
