"""What signals mean, in plain loops: the definition that the compiled query must agree with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from custodiet.detect.conditions import Claim, Condition
from custodiet.detect.signal_file import SignalFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A signal that fired and counts, with the values its sentence names."""

    signal: str
    points: int
    facts: Mapping[str, object]


def fired(signals: Iterable[SignalFile], row: Mapping[str, object]) -> tuple[Fired, ...]:
    """Return the signals that count on an episode with these features, sorted by id; of each group, the strongest."""
    strongest: dict[str, tuple[SignalFile, int]] = {}
    for signal in sorted(signals, key=lambda each: each.id):
        if not all(holds(condition, row) for condition in signal.when):
            continue
        points = weight(signal, row)
        if signal.times is not None and points == 0:
            continue
        group = f"signal:{signal.id}" if signal.group is None else signal.group
        rival = strongest.get(group)
        if rival is None or abs(points) > abs(rival[1]):
            strongest[group] = (signal, points)
    return tuple(
        Fired(signal=signal.id, points=points, facts={name: row.get(name) for name in signal.names})
        for signal, points in sorted(strongest.values(), key=lambda each: each[0].id)
    )


def weight(signal: SignalFile, row: Mapping[str, object]) -> int:
    """Return the points of the signal, or the nearest whole number to their expected weight; absent, nothing."""
    if signal.times is None:
        return signal.points
    probability = row.get(signal.times)
    return 0 if not isinstance(probability, int | float) else math.floor(signal.points * probability + 0.5)


def holds(condition: Condition, row: Mapping[str, object]) -> bool:
    """Tell whether one of the alternatives holds of these features."""
    return any(all(_holds(claim, row) for claim in claims) for claims in condition.alternatives)


def _holds(claim: Claim, row: Mapping[str, object]) -> bool:
    value = row.get(claim.feature)
    if claim.per is not None:
        value = _share(value, row.get(claim.per))
    if claim.word == "known":
        return (value is not None) == claim.value
    if value is None:
        return False
    if claim.word == "is":
        return value == claim.value
    if claim.word == "is_not":
        return value != claim.value
    if claim.word == "one_of":
        return isinstance(claim.value, tuple) and value in claim.value
    return _compares(claim, value)


def _share(value: object, whole: object) -> float | None:
    if not isinstance(value, int | float) or not isinstance(whole, int | float) or whole == 0:
        return None
    return float(value) / float(whole)


def _compares(claim: Claim, value: object) -> bool:
    if not isinstance(value, int | float) or not isinstance(claim.value, int | float):
        return False
    if claim.word == "at_least":
        return value >= claim.value
    if claim.word == "at_most":
        return value <= claim.value
    return value > claim.value if claim.word == "above" else value < claim.value
