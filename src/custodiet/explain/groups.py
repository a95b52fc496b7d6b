"""Collaboration groups: who works with whom on the same subjects. What is meant, in plain loops; engines learn them.

Two actors belong together by the subjects that both touched, each subject counting the less the more actors touched it
(Fabbri and LeFevre, VLDB 2011: W = A'A with A[subject, actor] = 1 / actors). Groups are learned from a span that ends
where the window begins in which they hold, so that no access takes part in the reason for itself, and without the pairs
of actor and subject that are judged in that window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: One actor's share in a subject is counted in these parts, so that sums do not depend on their order.
PARTS = 1_000_000_000
#: A Monday; windows are counted from here.
ANCHOR = datetime(1970, 1, 5, tzinfo=UTC)

Pair = tuple[int, int]
#: A row of the relation `group_member`.
MemberRow = tuple[str, str, str, str, float, datetime, datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How groups are learned and for how long they hold."""

    holds: timedelta = timedelta(days=7)
    learned_from: timedelta = timedelta(days=91)
    most_actors: int = 40  # a subject that more actors touched says nothing of who works with whom
    least_subjects: int = 3  # a pair with fewer subjects in common are no colleagues: one subject never makes a group
    most_colleagues: int = 30  # of each actor the strongest ties are kept, so that a hub does not glue everybody
    least_members: int = 8  # smaller groups are not split further
    least_modularity: float = 0.1  # a split that is worth less is none
    most_depth: int = 3


@dataclass(frozen=True, slots=True, order=True)
class Membership:
    """One actor in one group at one depth; `modularity` is that of the split that made the group."""

    depth: int
    group: str
    actor: int
    modularity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWindow:
    """Groups learned from `[learned_from, start)` hold in `[start, until)`."""

    learned_from: datetime
    start: datetime
    until: datetime


def windows(first: datetime, last: datetime, settings: Settings) -> Iterator[GroupWindow]:
    """Yield the windows that the instants from `first` to `last` lie in, but for the first one, which has nothing before it."""
    number = (first - ANCHOR) // settings.holds + 1
    while (start := ANCHOR + number * settings.holds) <= last:
        yield GroupWindow(learned_from=start - settings.learned_from, start=start, until=start + settings.holds)
        number += 1


def ties(touches: Iterable[Pair], judged: Collection[Pair], settings: Settings) -> dict[Pair, int]:
    """Return the weight between each two actors (the smaller first) from pairs of actor and subject, by definition.

    Pairs that are judged do not count. Weights are whole numbers of 1 / PARTS.
    """
    actors_of: dict[int, set[int]] = defaultdict(set)
    for actor, subject in touches:
        if (actor, subject) not in judged:
            actors_of[subject].add(actor)
    weights: dict[Pair, int] = defaultdict(int)
    subjects: dict[Pair, int] = defaultdict(int)
    for actors in actors_of.values():
        if len(actors) > settings.most_actors:
            continue
        for one in actors:
            for other in actors:
                if one < other:
                    weights[one, other] += PARTS // len(actors) ** 2
                    subjects[one, other] += 1
    enough = {pair: weight for pair, weight in weights.items() if subjects[pair] >= settings.least_subjects}
    return _strongest(enough, settings.most_colleagues)


def _strongest(weights: Mapping[Pair, int], most: int) -> dict[Pair, int]:
    """Return the ties that are among the strongest of either of their two ends."""
    own: dict[int, list[tuple[int, int, Pair]]] = defaultdict(list)
    for pair, weight in weights.items():
        own[pair[0]].append((-weight, pair[1], pair))
        own[pair[1]].append((-weight, pair[0], pair))
    kept = {pair for ranked in own.values() for _, _, pair in sorted(ranked)[:most]}
    return {pair: weights[pair] for pair in sorted(kept)}


def modularity(weights: Mapping[Pair, float], group_of: Mapping[int, int]) -> float:
    """Return Newman's modularity of the grouping: the share of weight inside groups beyond what chance would put there."""
    total = sum(weights.values())
    if not total:
        return 0.0
    inside: dict[int, float] = defaultdict(float)
    degree: dict[int, float] = defaultdict(float)
    for (one, other), weight in weights.items():
        degree[group_of[one]] += weight
        degree[group_of[other]] += weight
        if group_of[one] == group_of[other]:
            inside[group_of[one]] += weight
    return float(sum(inside[group] / total - (degree[group] / (2 * total)) ** 2 for group in degree))


def members(window: GroupWindow, found: Collection[Membership], names: Mapping[int, str]) -> Iterator[MemberRow]:
    """Yield the rows of the relation `group_member` for a window: the groups that hold in it, with the actors' names."""
    deepest: dict[int, int] = {}
    for one in found:
        deepest[one.actor] = max(one.depth, deepest.get(one.actor, 0))
    for one in sorted(found):
        yield (
            names[one.actor],
            f"{window.start:%Y-%m-%d}/{one.group}",
            str(one.depth),
            "yes" if one.depth == deepest[one.actor] else "no",
            one.modularity,
            window.learned_from,
            window.start,
            window.until,
        )


def learned(
    explained: Collection[tuple[int, int, datetime]],
    accesses: Collection[tuple[int, int, datetime]],
    names: Mapping[int, str],
    settings: Settings,
    split: Callable[[Mapping[Pair, int], Settings], Collection[Membership]],
) -> list[MemberRow]:
    """Return the rows of `group_member` by definition, from (actor, subject, instant) of what was explained and of all accesses.

    `split` makes groups of ties.
    """
    found: list[MemberRow] = []
    instants = [at for _, _, at in accesses]
    for window in windows(min(instants), max(instants), settings) if instants else ():
        touches = [(actor, subject) for actor, subject, at in explained if window.learned_from <= at < window.start]
        judged = {(actor, subject) for actor, subject, at in accesses if window.start <= at < window.until}
        found += members(window, split(ties(touches, judged, settings), settings), names)
    return found
