"""The geometry of the charts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.model.explanations import State
from custodiet.model.findings import Signal
from custodiet.report.drawing import Segment, bar, percent, stacked, waterfall


def _signals(*points: int) -> tuple[Signal, ...]:
    return tuple(Signal(signal=f"s{i}", points=p, sentence="It was seen.") for i, p in enumerate(points))


def _as_number(text: str) -> float:
    return float(text.rstrip("%"))


def test_a_percentage_of_nothing_is_nothing() -> None:
    """A chart without accesses draws bars of no length instead of failing."""
    assert percent(0, 0) == "0%"


def test_a_bar_is_as_long_as_its_share() -> None:
    """One in eight is an eighth of the width, from the left."""
    assert bar(1, 8) == Segment(x="0%", width="12.5%")


def test_states_lie_side_by_side_and_an_empty_one_is_left_out() -> None:
    """3 explained and 1 unexplained of 4 meet at three quarters."""
    parts = stacked(((State.EXPLAINED, 3), (State.WEAK, 0), (State.UNEXPLAINED, 1)))

    assert [(p.state, p.segment.x, p.segment.width) for p in parts] == [
        (State.EXPLAINED, "0%", "75%"),
        (State.UNEXPLAINED, "75%", "25%"),
    ]


def test_each_step_of_a_waterfall_begins_where_the_last_one_ended() -> None:
    """60 and 40 up, then 20 down: the third step lies under the end of the second."""
    steps = waterfall(_signals(60, 40, -20))

    assert [(s.running, s.segment.x, s.segment.width) for s in steps] == [
        (60, "0%", "60%"),
        (100, "60%", "40%"),
        (80, "80%", "20%"),
    ]


def test_a_waterfall_below_zero_stays_inside_its_width() -> None:
    """10 down and then 20 up span from -10 to 10, so zero is in the middle."""
    steps = waterfall(_signals(-10, 20))

    assert [(s.running, s.segment.x, s.segment.width) for s in steps] == [(-10, "0%", "50%"), (10, "0%", "100%")]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-50, 90), max_size=12))
def test_a_waterfall_ends_at_the_score_and_never_leaves_its_width(points: list[int]) -> None:
    """The last running total is the sum of the points, and every step lies between 0% and 100%."""
    steps = waterfall(_signals(*points))

    assert [step.running for step in steps][-1:] == ([sum(points)] if points else [])
    for step in steps:
        x, width = _as_number(step.segment.x), _as_number(step.segment.width)
        assert x >= 0
        assert x + width <= 100.02
