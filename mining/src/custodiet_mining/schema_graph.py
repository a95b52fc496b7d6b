"""The graph of declared relations: from a key of a domain, over a row of a relation, to another of its keys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from custodiet_mining.domains import KEYS, Domain
from custodiet_mining.path import Path, Step

#: No path is longer, and none goes over more relations.
LONGEST = 4


@cache
def steps() -> tuple[Step, ...]:
    """Return every step there is, in order of relation and keys."""
    return tuple(
        Step(relation, entry, left)
        for relation in sorted(KEYS)
        for entry in sorted(KEYS[relation])
        for left in sorted(KEYS[relation])
        if entry != left
    )


def walks(start: Domain, length: int) -> Iterator[tuple[Step, ...]]:
    """Yield the walks of that length from a key of the domain, steps in their order."""
    if length == 0:
        yield ()
        return
    for before in walks(start, length - 1):
        reached = before[-1].leaves if before else start
        yield from ((*before, step) for step in steps() if step.enters is reached)


def walks_back(end: Domain, length: int) -> Iterator[tuple[Step, ...]]:
    """Yield the walks of that length to a key of the domain, steps in the order from actor to subject."""
    if length == 0:
        yield ()
        return
    for after in walks_back(end, length - 1):
        reached = after[0].enters if after else end
        yield from ((step, *after) for step in steps() if step.leaves is reached)


def paths(longest: int = LONGEST) -> Iterator[Path]:
    """Yield every path of 1 to `longest` steps from a person to a subject: the definition that the search must meet."""
    for length in range(1, longest + 1):
        for walk in walks(Domain.PERSON, length):
            if walk[-1].leaves is Domain.SUBJECT:
                yield Path(walk)
