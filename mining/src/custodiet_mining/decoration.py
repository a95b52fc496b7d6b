"""What is learned besides the path: in which span of lags it holds, and for which classes of rows.

Both are learned from the same counts: by family, how many accesses have their instances in which cells. A cell is a span
of lags, or a class; an access that has instances in several cells counts in each choice that holds one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log2

from custodiet_mining.candidate import Candidate, Lag, Sieve
from custodiet_mining.weighing import AGAINST, REAL, Weighed

#: By family and mask of cells: accesses.
Masks = Mapping[str, Mapping[int, int]]

_EDGES = "-24h -12h -4h -2h -1h -30min -15min 0min 15min 30min 1h 2h 4h 8h 12h 24h 48h 72h 120h 168h 336h 504h 672h 1008h 1344h 2160h"
#: Classes that are told apart; a relation with more of them is not sorted by that column.
MOST_CLASSES = 60
#: A filter has at most so many values.
MOST_VALUES = 8
#: A filter must take away this share of the doubt between real and fake, and this much of it in bits for each access.
_SHARE, _BITS = 0.2, 0.02


@dataclass(frozen=True, slots=True)
class Sorting:
    """The classes of a column at a place of the path, as bits of a mask."""

    place: int
    column: str
    classes: Sequence[str]


def edges() -> tuple[timedelta, ...]:
    """Return the lags at which a window may begin and end, in order."""
    units = {"min": 60, "h": 3600}
    spans = []
    for word in _EDGES.split():
        unit = "min" if word.endswith("min") else "h"
        spans.append(timedelta(seconds=int(word.removesuffix(unit)) * units[unit]))
    return tuple(spans)


def learned_lag(candidate: Candidate, masks: Masks, pool: Mapping[str, int]) -> Candidate:
    """Return the candidate within the span of lags that scores most; among equals the narrowest: no claim beyond the data."""
    bounds = edges()
    start, until = max(
        _spans(len(bounds)), key=lambda span: (_score(candidate, masks, pool, _bits(span)), span[0] - span[1])
    )
    return candidate.within(Lag(bounds[start], bounds[until]))


def learned_sieve(
    candidate: Candidate, sortings: Sequence[tuple[Sorting, Masks]], pool: Mapping[str, int]
) -> Candidate:
    """Return the candidate with the filter that tells real from fake best, or as it is where none tells enough."""
    found = [_tried(candidate, sorting, masks, pool) for sorting, masks in sortings]
    best = max((one for one in found if one is not None), key=lambda one: one[0], default=None)
    return candidate if best is None else candidate.sieved(best[1])


def gain(masks: Masks, chosen: int) -> tuple[float, float]:
    """Return how much doubt there is whether a matched access is real, in bits, and how much of it the choice takes away."""
    inside, outside = _split(masks, chosen), _split(masks, chosen, kept=False)
    whole = (inside[0] + outside[0], inside[1] + outside[1])
    total = sum(whole)
    before = _doubt(whole)
    after = sum(sum(part) / total * _doubt(part) for part in (inside, outside)) if total else 0.0
    return before, before - after


def weighed(masks: Masks, chosen: int, pool: Mapping[str, int]) -> Weighed:
    """Return what is matched where only the chosen cells count."""
    matched = {
        family: sum(count for mask, count in counts.items() if mask & chosen) for family, counts in masks.items()
    }
    return Weighed(matched=matched, pool=pool)


def _tried(candidate: Candidate, sorting: Sorting, masks: Masks, pool: Mapping[str, int]) -> tuple[float, Sieve] | None:
    """Return the doubt that the best filter on this column takes away, and the filter; None where it is not worth having."""
    chosen, values = 0, list[str]()
    score = _score(candidate, masks, pool, -1)
    for number in _most_telling(sorting, masks, pool):
        more = chosen | (1 << number)
        if chosen and _score(candidate, masks, pool, more) <= _score(candidate, masks, pool, chosen):
            continue
        chosen, values = more, [*values, sorting.classes[number]]
        if len(values) == MOST_VALUES:
            break
    if not values or len(values) == len(sorting.classes):
        return None
    sieve = Sieve(sorting.place, sorting.column, tuple(sorted(values)))
    before, taken = gain(masks, chosen)
    pays = _score(candidate.sieved(sieve), masks, pool, chosen) > score
    return (taken, sieve) if pays and taken >= max(_BITS, _SHARE * before) else None


def _most_telling(sorting: Sorting, masks: Masks, pool: Mapping[str, int]) -> list[int]:
    """Return the classes that are commoner among real accesses than among fakes, the most telling first."""
    ratios = {number: weighed(masks, 1 << number, pool) for number in range(len(sorting.classes))}
    telling = [number for number, one in ratios.items() if one.support and one.ratio > 1]
    return sorted(telling, key=lambda number: (-ratios[number].score(0.0), number))


def _spans(bounds: int) -> Iterator[tuple[int, int]]:
    return ((start, until) for start in range(bounds - 1) for until in range(start + 1, bounds))


def _bits(span: tuple[int, int]) -> int:
    return (1 << span[1]) - (1 << span[0])


def _score(candidate: Candidate, masks: Masks, pool: Mapping[str, int], chosen: int) -> float:
    return weighed(masks, chosen, pool).score(candidate.complexity)


def _split(masks: Masks, chosen: int, *, kept: bool = True) -> tuple[int, int]:
    def count(families: Sequence[str]) -> int:
        return sum(
            accesses
            for family in families
            for mask, accesses in masks.get(family, {}).items()
            if bool(mask & chosen) is kept
        )

    return count((REAL,)), count(AGAINST)


def _doubt(part: tuple[int, int]) -> float:
    total = sum(part)
    return -sum(count / total * log2(count / total) for count in part if count)
