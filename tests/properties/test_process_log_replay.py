"""The one pass over time against its definition: evidence from a history that holds what came strictly before, and no more."""

from __future__ import annotations

from array import array

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.engines.process_logs.accesses import Accesses
from custodiet.engines.process_logs.evidence import evidence
from custodiet.engines.process_logs.history import History
from custodiet.engines.process_logs.replay import replayed
from custodiet.model.process_log import ProcessLog

HOUR = 3_600_000_000
EVENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-1, 3), st.integers(-1, 4), st.integers(0, 12), st.booleans()), max_size=30
)
ASKED = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 14)), min_size=1, max_size=6)


def log_of(events: list[tuple[int, int, int, int, bool]]) -> ProcessLog:
    """Return a log of four cases, four activities and five actors; some events are known only later."""
    return ProcessLog(
        cases=list("abcd"),
        activities=list("wxyz"),
        actors=[str(one) for one in range(5)],
        teams=[],
        case=array("q", [one[0] for one in events]),
        activity=array("q", [one[1] for one in events]),
        actor=array("q", [one[2] for one in events]),
        team=array("q", [-1] * len(events)),
        at=array("q", [one[3] * HOUR for one in events]),
        known=array("q", [one[3] * HOUR + (2 * HOUR if one[4] else 0) for one in events]),
        attributes={"kind": array("q", [0, 1, 0, -1])},
        naming={"owner": array("q", [0, -1, 2, 3])},
        machines={4: "by its name"},
    )


def judged(log: ProcessLog, actor: int, case: int, at: int) -> list[float]:
    """Return the evidence by definition: observe what is known strictly before, in order of time then of the file."""
    history = History(log, len(log))
    for event in sorted(range(len(log)), key=lambda one: (log.known[one], one)):
        if log.known[event] < at:
            history.observe(event)
    return evidence(history, actor, case, at)


@settings(max_examples=150, deadline=None)
@given(EVENTS, ASKED)
def test_a_pass_over_time_judges_by_what_came_before(
    events: list[tuple[int, int, int, int, bool]], asked: list[tuple[int, int, int]]
) -> None:
    """Whatever comes at the access's own instant or later has no part in it."""
    log = log_of(events)
    columns = np.array(sorted(asked, key=lambda one: one[2]), dtype=np.int64)
    accesses = Accesses(actor=columns[:, 0], case=columns[:, 1], at=columns[:, 2] * HOUR)

    found = replayed(log, accesses, History(log, len(log)))

    wanted = [judged(log, int(actor), int(case), int(at) * HOUR) for actor, case, at in columns]
    np.testing.assert_array_equal(found, np.array(wanted, dtype=np.float32))
