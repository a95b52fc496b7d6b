"""What does not wait for facts that are still under way: a look at oneself, a look during suspension, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlglot import exp

from custodiet.detect.signal_file import shipped
from custodiet.engines.detecting import Reading, detect, front
from custodiet.engines.duckdb import Session
from support.drawn_force import bind_force

STAFF = """
person | employment | rank | surname | forename | date_of_birth | address
4127   | officer    | PC   | Ash     | Jo       | 1990-01-01    | 1 Elm Row
"""


def found(access: str, **tables: str) -> dict[str, Any]:
    """Return the signals of the findings that are put forward for these accesses."""
    with Session(threads=1) as session:
        bind_force(session, {"access": access, "staff": STAFF, **tables})
        detect(session, shipped())
        findings = front(session, Reading(signals=shipped())).findings
        episodes = session.rows(exp.select("finding").from_("episode"))
    assert len(findings) == len(episodes)
    return {finding.subject: {signal.signal for signal in finding.signals} for finding in findings}


LOOK = """
actor | subject | occurred_at      | state
4127  | N1      | 2026-11-02 10:00 | pending
"""


@pytest.mark.parametrize(
    ("line", "forward"),
    [
        ("N1 | person  | ASH | Jo  | 1990-01-01 | -         ", True),
        ("N1 | person  | Ash | Jo  | -          | 1 elm row ", True),
        ("N1 | person  | Ash | Jo  | 1991-01-01 | 1 Elm Row ", False),
        ("N1 | person  | Ash | Jon | 1990-01-01 | 1 Elm Row ", False),
        ("N1 | address | Ash | Jo  | 1990-01-01 | 1 Elm Row ", False),
        ("N2 | person  | Ash | Jo  | 1990-01-01 | 1 Elm Row ", False),
    ],
)
def test_a_pending_look_at_oneself_is_put_forward_at_once(line: str, forward: bool) -> None:  # noqa: FBT001
    """The same people as the signal `self` speaks of, and it says so; another pending look waits."""
    signals = found(LOOK, subject=f"subject | subject_kind | surname | forename | date_of_birth | address\n{line}")
    assert ("N1" in signals) is forward
    assert all("self" in fired for fired in signals.values())


@pytest.mark.parametrize(
    ("line", "forward"),
    [
        ("4127 | suspended | worked | 2026-10-01 00:00 | 2026-12-01 00:00", True),
        ("4127 | suspended | worked | 2026-10-01 00:00 | 2026-11-02 10:00", False),
        ("4127 | leave     | worked | 2026-10-01 00:00 | 2026-12-01 00:00", False),
        ("5120 | suspended | worked | 2026-10-01 00:00 | 2026-12-01 00:00", False),
    ],
)
def test_a_pending_look_during_suspension_is_put_forward_at_once(line: str, forward: bool) -> None:  # noqa: FBT001
    """Within the suspension on record, half-open; leave, and another's suspension, wait."""
    signals = found(LOOK, duty=f"person | duty | status | valid_from | valid_to\n{line}")
    assert ("N1" in signals) is forward
    assert all("suspended" in fired for fired in signals.values())


def test_what_is_explained_is_not_put_forward_by_a_hard_rule() -> None:
    """The rule lets a look speak before its time; it does not overrule a reason."""
    subject = "subject | subject_kind | surname | forename | date_of_birth\nN1 | person | Ash | Jo | 1990-01-01"
    assert found(LOOK.replace("pending", "explained"), subject=subject) == {}


def test_other_pending_looks_of_the_episode_stay_no_evidence() -> None:
    """Beside a suspended look, one before the suspension still waits: it is shown and counted as pending."""
    looks = LOOK + "4127  | N1      | 2026-11-20 10:00 | pending\n"
    duty = "person | duty | status | valid_from | valid_to\n4127 | suspended | worked | 2026-11-10 00:00 | 2026-12-01 00:00"
    with Session(threads=1) as session:
        bind_force(session, {"access": looks, "staff": STAFF, "duty": duty})
        detect(session, shipped())
        [row] = session.rows(exp.select("looks", "pending").from_("feature"))
    assert row == (1, 2)
