"""Accesses to be judged: the real ones of a log, and fakes of several families drawn from the same log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from custodiet.model.process_log import ABSENT, ProcessLog

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accesses:
    """Actor, case and time of each access, in order of time: all that a judgement may know of it."""

    actor: Numbers
    case: Numbers
    at: Numbers

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.at)

    def taken(self, places: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> Accesses:
        """Return those at the places."""
        return Accesses(actor=self.actor[places], case=self.case[places], at=self.at[places])


def real(log: ProcessLog) -> Accesses:
    """Return the log's accesses by people: several events of one actor on one case at one instant are one access."""
    actor, case, at = (np.frombuffer(one, dtype=np.int64) for one in (log.actor, log.case, log.at))
    people = (actor != ABSENT) & ~np.isin(actor, np.array(sorted(log.machines), dtype=np.int64))
    columns = np.stack([at[people], case[people], actor[people]])
    unique = np.unique(columns, axis=1)  # sorts by time, then case, then actor
    return Accesses(at=unique[0], case=unique[1], actor=unique[2])


class Pairs:
    """Which actor was ever at which case, and when each case was open."""

    def __init__(self, log: ProcessLog, accesses: Accesses) -> None:
        """Read the whole log: drawing fakes may know it, judging them may not."""
        self._wide = np.int64(len(log.actors) + 1)
        self._known = np.unique(accesses.case * self._wide + accesses.actor)
        case, at, known = (np.frombuffer(one, dtype=np.int64) for one in (log.case, log.at, log.known))
        self.opened = np.full(len(log.cases), np.iinfo(np.int64).max)
        np.minimum.at(self.opened, case, known)
        self.closed = np.full(len(log.cases), np.iinfo(np.int64).min)
        np.maximum.at(self.closed, case, at)

    def met(self, actor: Numbers, case: Numbers) -> npt.NDArray[np.bool_]:
        """Tell for each pair whether the actor was at the case at any time."""
        keys = case * self._wide + actor
        place = np.minimum(np.searchsorted(self._known, keys), len(self._known) - 1)
        return np.asarray(self._known[place] == keys)

    def is_open(self, case: Numbers, at: Numbers) -> npt.NDArray[np.bool_]:
        """Tell for each case whether something had come before the time and something was still to come."""
        return np.asarray((self.opened[case] < at) & (at <= self.closed[case]))
