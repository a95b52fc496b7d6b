"""From evidence to the score of an access: the sum of its parts, if a reason ties actor and case, and repeats on top."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from custodiet.engines.process_logs.accesses import Accesses
from custodiet.engines.process_logs.evidence import KINDS, TIES
from custodiet.engines.process_logs.replay import Evidence
from custodiet.engines.process_logs.weights import Weights

Floats = npt.NDArray[np.float64]
#: Every reason but `repeat`, in the order of the columns that `by_reason` returns.
NAMES = tuple(dict.fromkeys(kind.reason for kind in KINDS))
#: A reason must speak for the access at least this much (log-odds) to tie the actor to the case.
LEAST_TIE = 0.1
_CHUNK = 50_000
_TIE = np.array([name in TIES for name in NAMES])
_AGE = [kind.name for kind in KINDS].index("age")


def has_history(found: Evidence) -> npt.NDArray[np.bool_]:
    """Tell for each access whether anything of its case had come before."""
    return ~np.isnan(found[:, _AGE])


def by_reason(found: Evidence, weights: Weights) -> Floats:
    """Return what each reason adds for each access."""
    parts = weights.parts(found)
    columns = [parts[:, [kind.reason == name for kind in KINDS]].sum(axis=1) for name in NAMES]
    return np.stack(columns, axis=1)


def above(found: Evidence) -> npt.NDArray[np.bool_]:
    """Tell for each access and reason whether some evidence of the reason says more than nothing, whatever it weighs."""
    kinds = np.zeros(found.shape, dtype=bool)
    for number, kind in enumerate(KINDS):
        least = next(cut for cut in kind.cuts if cut > kind.neutral)
        kinds[:, number] = np.nan_to_num(found[:, number], nan=kind.neutral) >= least
    columns = [kinds[:, [kind.reason == name for kind in KINDS]].any(axis=1) for name in NAMES]
    return np.stack(columns, axis=1)


def independent(found: Evidence, weights: Weights) -> Floats:
    """Return the score of each access without its actor's earlier accesses; minus infinity where nothing ties them."""
    scores = np.empty(len(found))
    for start in range(0, len(found), _CHUNK):
        reasons = by_reason(found[start : start + _CHUNK], weights)
        scores[start : start + _CHUNK] = summed(reasons, weights)
    return scores


def summed(reasons: Floats, weights: Weights) -> Floats:
    """Return the sum of the reasons where one of them ties actor and case, else minus infinity."""
    tied = (reasons[:, _TIE] >= LEAST_TIE).any(axis=1)
    return np.where(tied, weights.intercept + reasons.sum(axis=1), -np.inf)


@dataclass(slots=True)
class Earlier:
    """The best independent score of each actor at each case as time goes on."""

    _times: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    _best: dict[tuple[int, int], list[float]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, accesses: Accesses, scores: Floats) -> Earlier:
        """Read the real accesses, in order of time, with their independent scores."""
        earlier = cls()
        rows = zip(accesses.actor.tolist(), accesses.case.tolist(), accesses.at.tolist(), scores.tolist(), strict=True)
        for actor, case, at, score in rows:
            times, best = earlier._times[actor, case], earlier._best[actor, case]
            times.append(at)
            best.append(max(score, best[-1]) if best else score)
        return earlier

    def before(self, accesses: Accesses) -> Floats:
        """Return the best score of the same actor at the same case strictly before each access; minus infinity if none."""
        found = np.full(len(accesses), -np.inf)
        for place, (actor, case, at) in enumerate(
            zip(accesses.actor.tolist(), accesses.case.tolist(), accesses.at.tolist(), strict=True)
        ):
            times = self._times.get((actor, case))
            if times and times[0] < at:
                found[place] = self._best[actor, case][bisect_left(times, at) - 1]
        return found

    def first(self, accesses: Accesses) -> npt.NDArray[np.bool_]:
        """Tell for each access whether the actor had never been at the case before."""
        rows = zip(accesses.actor.tolist(), accesses.case.tolist(), accesses.at.tolist(), strict=True)
        return np.array(
            [not (t := self._times.get((actor, case))) or t[0] >= at for actor, case, at in rows], dtype=bool
        )
