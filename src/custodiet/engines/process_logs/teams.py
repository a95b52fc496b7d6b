"""Teams and collaboration groups of a log, learned now and then from what came earlier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from custodiet.engines.grouping import groups, ties_of
from custodiet.engines.process_logs.accesses import Accesses, Numbers
from custodiet.engines.process_logs.history import Teams
from custodiet.explain.groups import Membership, Pair, Settings, ties
from custodiet.model.process_log import ABSENT, ProcessLog

#: Into how many stretches of equally many accesses the log is cut, and from how many of them teams are learned.
TURNS, LEARNED_FROM = 12, 4
#: For so few accesses the plain loops are done before a session is open.
_FEW = 10_000
#: How long groups hold is not asked here: stretches are cut by the number of accesses.
_SETTINGS = Settings(least_subjects=2, most_depth=2, least_members=6, least_modularity=0.05)


def turns(accesses: Accesses) -> list[int]:
    """Return the instants at which teams are learned anew."""
    places = (np.arange(1, TURNS) * len(accesses)) // TURNS
    return sorted({int(accesses.at[place]) for place in places} - {int(accesses.at[0])}) if len(accesses) else []


def span(accesses: Accesses) -> int:
    """Return from how many accesses teams are learned."""
    return LEARNED_FROM * (len(accesses) // TURNS + 1)


def learned(log: ProcessLog, accesses: Accesses, start: int, most: int) -> tuple[Teams, Teams]:
    """Return the teams that hold from `start` on, for each half of the cases, learned from the other half.

    They are learned from the last accesses before `start`, `most` at most.
    """
    end = int(np.searchsorted(accesses.at, start, side="left"))
    begin = max(0, end - most)
    earlier = accesses.taken(np.arange(begin, end))
    named = named_teams(log, start)
    first, second = (_half(log, earlier.taken(earlier.case % 2 != half), named) for half in (0, 1))
    return first, second


def named_teams(log: ProcessLog, start: int) -> Sequence[int] | None:
    """Return each actor's most frequent team before the instant, the first of equals; None where the log names no teams."""
    if not log.teams:
        return None
    known, actor, team = (np.frombuffer(one, dtype=np.int64) for one in (log.known, log.actor, log.team))
    told = (known < start) & (actor != ABSENT) & (team != ABSENT)
    keys, counts = np.unique(actor[told] * len(log.teams) + team[told], return_counts=True)
    found = np.full(len(log.actors), ABSENT, dtype=np.int64)
    for key in keys[np.argsort(counts, kind="stable")].tolist():  # the most frequent comes last
        found[key // len(log.teams)] = key % len(log.teams)
    return [int(one) for one in found]


def _half(log: ProcessLog, earlier: Accesses, named: Sequence[int] | None) -> Teams:
    wide, narrow = _numbered(log, groups(_ties(earlier), _SETTINGS))
    return Teams(team_of=wide if named is None else named, wide=wide, narrow=narrow)


def _ties(earlier: Accesses) -> dict[Pair, int]:
    if len(earlier) <= _FEW:
        return ties(zip(earlier.actor.tolist(), earlier.case.tolist(), strict=True), (), _SETTINGS)
    touch = pa.table({"actor": earlier.actor, "subject": earlier.case})
    return ties_of(touch, touch.slice(0, 0), _SETTINGS)


def _numbered(log: ProcessLog, members: Sequence[Membership]) -> tuple[list[int], list[int]]:
    names: dict[tuple[int, str], int] = {}
    found: tuple[list[int], list[int]] = ([ABSENT] * len(log.actors), [ABSENT] * len(log.actors))
    for one in members:
        found[one.depth - 1][one.actor] = names.setdefault((one.depth, one.group), len(names))
    return found


def teams_for_fakes(log: ProcessLog, accesses: Accesses, start: int) -> Numbers:
    """Return each actor's team by which colleagues are drawn: named, or learned from everything before `start`."""
    named = named_teams(log, start)
    if named is None:
        end = int(np.searchsorted(accesses.at, start, side="left"))
        named, _ = _numbered(log, groups(_ties(accesses.taken(np.arange(end))), _SETTINGS))
    return np.asarray(named, dtype=np.int64)
