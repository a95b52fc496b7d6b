"""Which candidates are put to people: the best, then the best of what the others add to it, and so on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

_Thing = TypeVar("_Thing")


def chosen(
    things: Sequence[_Thing],
    matched: Mapping[_Thing, Collection[int]],
    worth: Callable[[_Thing, int], float],
    *,
    least: int,
    most: int,
) -> list[tuple[_Thing, int]]:
    """Return at most `most` things in the order in which they were chosen, each with how many accesses it adds.

    Each time that one is taken which is worth most by the accesses that no earlier one matches; one that adds fewer than
    `least`, or is worth nothing by them, is not taken. Among equals the first stands.
    """
    left = {thing: set(matched[thing]) for thing in things}
    taken: list[tuple[_Thing, int]] = []
    while left and len(taken) < most:
        best = max(left, key=lambda thing: worth(thing, len(left[thing])))
        adds = left.pop(best)
        if worth(best, len(adds)) <= 0:
            break
        if len(adds) < least:
            continue
        taken.append((best, len(adds)))
        left = {thing: rest - adds for thing, rest in left.items()}
    return taken
