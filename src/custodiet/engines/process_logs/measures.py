"""Figures of an evaluation: recall and precision at a threshold with intervals, and the curve."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Recall and precision at one threshold."""

    threshold: float
    recall: float
    precision: float | None


def wilson(hits: float, of: float, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's interval of a share."""
    if of <= 0:
        return 0.0, 1.0
    share = hits / of
    middle, spread = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    below = 1 + z * z / of
    return max(0.0, (middle - spread) / below), min(1.0, (middle + spread) / below)


def at(real: Floats, fake: Floats, threshold: float) -> Point:
    """Return recall and precision where scores from the threshold on count; a fake set of another size is weighted."""
    true = float((real >= threshold).mean()) if len(real) else 0.0
    false = float((fake >= threshold).mean()) if len(fake) else 0.0
    return Point(threshold=threshold, recall=true, precision=true / (true + false) if true + false else None)


def lowest(real: Floats, fake: Floats, precision: float, z: float) -> float:
    """Return the lowest threshold at which the precision's lower bound reaches what is asked; infinite if none does."""
    if not len(real) or not len(fake):
        return inf
    steps = np.unique(real[np.isfinite(real)])
    if not len(steps):
        return inf
    hits, misses = _above(real, steps), _above(fake, steps) * (len(real) / len(fake))
    seen = np.maximum(hits + misses, 1)
    share = hits / seen
    low = (share + z * z / (2 * seen) - z * np.sqrt(share * (1 - share) / seen + z * z / (4 * seen * seen))) / (
        1 + z * z / seen
    )
    good = np.flatnonzero(low >= precision)
    return float(steps[good[0]]) if len(good) else inf


def curve(real: Floats, fake: Floats, points: int = 20) -> list[Point]:
    """Return the points of the precision-recall curve at evenly spread recalls."""
    finite = np.sort(real[np.isfinite(real)])
    if not len(finite):
        return []
    places = np.unique(np.linspace(0, len(finite) - 1, points).astype(int))
    return [at(real, fake, float(finite[place])) for place in places]


def _above(scores: Floats, steps: Floats) -> Floats:
    return (len(scores) - np.searchsorted(np.sort(scores), steps, side="left")).astype(np.float64)
