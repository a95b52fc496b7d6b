"""One pass over time: each access is judged by what came strictly before it, then its time passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from custodiet.engines.process_logs.accesses import Accesses
from custodiet.engines.process_logs.evidence import KINDS, evidence
from custodiet.engines.process_logs.history import History
from custodiet.model.process_log import ProcessLog

Evidence = npt.NDArray[np.float32]
Regroup = Callable[[History, int], None]


def _nothing(history: History, at: int) -> None:
    """Learn no teams."""


def replayed(
    log: ProcessLog, asked: Accesses, history: History, turns: Sequence[int] = (), regroup: Regroup = _nothing
) -> Evidence:
    """Return the evidence of each access asked for (sorted by time), from events known strictly before its time.

    At each of the `turns` (instants) `regroup` learns the teams anew from what was observed by then.
    """
    known = np.frombuffer(log.known, dtype=np.int64)
    order = np.argsort(known, kind="stable").tolist()
    times = known[order].tolist()
    found = np.empty((len(asked), len(KINDS)), dtype=np.float32)
    turn, next_event, events = 0, 0, len(order)
    rows = zip(asked.actor.tolist(), asked.case.tolist(), asked.at.tolist(), strict=True)
    for place, (actor, case, at) in enumerate(rows):
        while turn < len(turns) and turns[turn] <= at:
            while next_event < events and times[next_event] < turns[turn]:
                history.observe(order[next_event])
                next_event += 1
            regroup(history, turns[turn])
            turn += 1
        while next_event < events and times[next_event] < at:
            history.observe(order[next_event])
            next_event += 1
        found[place] = evidence(history, actor, case, at)
    return found
