"""Which resources of a log are no people: by their names, and by how they work."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from fnmatch import fnmatchcase

#: What stands in the place of a resource where there is none.
NOBODY = {
    "", "-", "--", "?", "nan", "null", "none", "nil", "n/a", "na", "unknown", "missing", "empty", "undefined", "not assigned",
    "unassigned", "#n/a",
}  # fmt: skip
_NAMED = re.compile(r"(?i)(^|[^a-z])(system|systeem|sys|batch|auto|automatic|automated|automaton|robot|bot|rpa|daemon|scheduler|service account|job|interface|workflow)([^a-z]|$)")  # fmt: skip
_HOUR = 3_600_000_000
#: An account is at work around the clock where no hour of the day has less than this share of its events.
_EVEN, _MUCH, _OTHERS = 0.015, 0.02, 0.005


def machines(
    actors: Sequence[str], actor: Sequence[int], at: Sequence[int], told: Sequence[str], people: Sequence[str]
) -> dict[int, str]:
    """Return the actors that are no people, each with why it is taken for one; what the mapping tells comes first."""
    found: dict[int, str] = {}
    for number, name in enumerate(actors):
        if any(fnmatchcase(name.casefold(), one.casefold()) for one in told):
            found[number] = "the mapping says so"
        elif any(fnmatchcase(name.casefold(), one.casefold()) for one in people):
            continue
        elif _NAMED.search(name):
            found[number] = "by its name"
    kept = {number for number in range(len(actors)) if number not in found}
    for number in _around_the_clock(actor, at, len(actors)) & kept:
        if not any(fnmatchcase(actors[number].casefold(), one.casefold()) for one in people):
            found[number] = "at work around the clock"
    return found


def _around_the_clock(actor: Sequence[int], at: Sequence[int], count: int) -> set[int]:
    """Return the busy accounts that work through every hour of the day, in a body where others do not."""
    hours: dict[int, list[int]] = defaultdict(lambda: [0] * 24)
    for who, when in zip(actor, at, strict=True):
        if who >= 0:
            hours[who][when // _HOUR % 24] += 1
    least = {who: min(own) / sum(own) for who, own in hours.items() if sum(own) >= 200}
    if count < 5 or len(least) < 3 or sorted(least.values())[len(least) // 2] > _OTHERS:
        return set()
    whole = sum(sum(own) for own in hours.values())
    return {who for who, share in least.items() if share >= _EVEN and sum(hours[who]) >= _MUCH * whole}
