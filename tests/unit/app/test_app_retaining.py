"""What a policy says of one segment: over, mixed, kept or held."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from custodiet.app.retaining import Ages, State, planned
from custodiet.ledger.retention import Hold
from custodiet.ledger.retention_policy import read_policy

POLICY = read_policy(
    b'published = 2026-04-01\n[[rule]]\nclass = "access"\nkeep = "1 year"\nauthority = "S 1"\n'
    b'[[rule]]\nclass = "access"\nsource = "rms"\nkeep = "2 years"\nauthority = "S 2"\n'
)
OLD, YOUNG = date(2020, 2, 29), date(2021, 6, 1)
HOLD = Hold(by="jdoe", at=datetime(2026, 1, 1, tzinfo=UTC), authority="S 9", matter="C 1", entries=((9, 10),))


@pytest.mark.parametrize(
    ("ages", "as_of", "state", "until"),
    [
        ([Ages(source="pnc", first=OLD, last=OLD)], date(2021, 2, 28), State.KEPT, date(2021, 2, 28)),
        ([Ages(source="pnc", first=OLD, last=OLD)], date(2021, 3, 1), State.OVER, date(2021, 2, 28)),
        ([Ages(source="pnc", first=OLD, last=YOUNG)], date(2021, 3, 1), State.MIXED, date(2022, 6, 1)),
        ([Ages(source="rms", first=OLD, last=OLD)], date(2022, 2, 28), State.KEPT, date(2022, 2, 28)),
        ([Ages(source=None, first=OLD, last=OLD)], date(2022, 2, 28), State.KEPT, date(2022, 2, 28)),
        ([Ages(source="pnc", first=OLD, last=OLD, open=1)], date(2031, 1, 1), State.MIXED, None),
        ([Ages(source="pnc", first=None, last=None, open=3)], date(2031, 1, 1), State.KEPT, None),
    ],
)
def test_a_segment_goes_when_its_last_row_may(ages: list[Ages], as_of: date, state: State, until: date | None) -> None:
    """The day after the last day of the longest period it is over; a row without an end keeps it."""
    found = planned((4, 304, "access/1"), ages, POLICY, [], as_of)
    assert (found.state, found.until) == (state, until)


def test_without_a_rule_it_is_kept_and_a_hold_wins() -> None:
    """A class of which no rule speaks is kept for ever; one held entry keeps its whole segment."""
    rows = [Ages(source="pnc", first=OLD, last=OLD)]
    assert planned((4, 304, "fact/1"), rows, POLICY, [], date(2099, 1, 1)).state is State.KEPT
    assert planned((4, 304, "access/1"), rows, POLICY, [HOLD], date(2099, 1, 1)).state is State.HELD
    assert planned((10, 304, "access/1"), rows, POLICY, [HOLD], date(2099, 1, 1)).state is State.OVER
