"""The days of an episode on the local clock, with duty behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custodiet.model.access import Action, Channel
from custodiet.model.explanations import State
from custodiet.model.instants import Interval
from custodiet.report.drawing import Segment
from custodiet.report.finding_card import AccessLine, DutySpell
from custodiet.report.timeline import days, duty_at

LONDON = ZoneInfo("Europe/London")


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026, when London keeps UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def _access(at: datetime, state: State = State.UNEXPLAINED) -> AccessLine:
    return AccessLine(
        access=1, occurred_at=at, system="records", action=Action.CONSULTATION, channel=Channel.VIEW, state=state
    )


def _spell(start: datetime, end: datetime | None, duty: str = "duty", status: str = "worked") -> DutySpell:
    return DutySpell(duty=duty, status=status, during=Interval(start=start, end=end))


def test_only_days_with_an_access_are_drawn_and_the_days_between_are_counted() -> None:
    """Accesses on the 2nd and the 5th leave two days without."""
    rows = days([_access(_at(2, 6)), _access(_at(5, 18))], [], LONDON)

    assert [(r.label, r.idle_before) for r in rows] == [("Mon 2 Nov", 0), ("Thu 5 Nov", 2)]
    assert [m.x for r in rows for m in r.marks] == ["25%", "75%"]


def test_a_night_duty_is_drawn_on_both_of_its_days() -> None:
    """18:00 to 06:00 covers the last quarter of one day and the first of the next."""
    night = _spell(_at(2, 18), _at(3, 6))

    first, second = days([_access(_at(2, 20)), _access(_at(3, 12))], [night], LONDON)

    assert (first.bands, first.duty) == ((Segment(x="75%", width="25%"),), "Duty 18:00–24:00")
    assert (second.bands, second.duty) == ((Segment(x="0%", width="25%"),), "Duty 00:00–06:00")


def test_leave_is_told_in_words_and_not_shaded_as_duty() -> None:
    """A day of leave has no band."""
    [row] = days([_access(_at(2, 20))], [_spell(_at(2, 0), _at(3, 0), duty="leave")], LONDON)

    assert (row.bands, row.duty) == ((), "Leave")


def test_a_duty_that_ended_at_midnight_does_not_touch_the_next_day() -> None:
    """Intervals are half-open."""
    [row] = days([_access(_at(3, 1))], [_spell(_at(2, 14), _at(3, 0))], LONDON)

    assert (row.bands, row.duty) == ((), "No duty recorded")


def test_a_spell_worked_as_planned_is_told_once() -> None:
    """The plan and the work of one spell are one spell."""
    spells = [_spell(_at(2, 7), _at(2, 17), status="planned"), _spell(_at(2, 7), _at(2, 17))]

    [row] = days([_access(_at(2, 9))], spells, LONDON)

    assert (row.duty, len(row.bands)) == ("Duty 07:00–17:00", 1)


def test_a_plan_that_was_worked_otherwise_is_told_beside_the_work() -> None:
    """An early finish leaves both the plan and the work visible."""
    spells = [_spell(_at(2, 7), _at(2, 17), status="planned"), _spell(_at(2, 7), _at(2, 12))]

    [row] = days([_access(_at(2, 9))], spells, LONDON)

    assert row.duty == "Duty 07:00–12:00; duty 07:00–17:00 (planned)"


def test_a_spell_without_beginning_or_end_is_drawn_over_the_whole_day() -> None:
    """The open start of year 1 and an open end reach beyond any calendar and are cut to the days shown."""
    since_ever = _spell(datetime(1, 1, 1, tzinfo=UTC), None, duty="on_call")

    [row] = days([_access(_at(2, 9))], [since_ever], LONDON)

    assert (row.bands, row.duty) == ((Segment(x="0%", width="100%"),), "On call 00:00–24:00")


def test_the_local_day_decides_the_row() -> None:
    """23:30 UTC in summer belongs to the next day in London."""
    [row] = days([_access(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))], [], LONDON)

    assert (row.label, row.marks[0].at, row.duty) == ("Thu 2 Jul", "00:30", "No roster")


def test_no_access_makes_no_days() -> None:
    """A card without listed accesses has an empty timeline."""
    assert days([], [_spell(_at(2, 7), _at(2, 17))], LONDON) == ()


@pytest.mark.parametrize(
    ("spells", "said"),
    [
        ([], "No roster"),
        ([_spell(_at(1, 7), _at(1, 17))], "Off duty"),
        ([_spell(_at(2, 7), _at(2, 17))], "On duty"),
        ([_spell(_at(2, 7), _at(2, 12))], "Off duty"),  # ends at the moment itself
        ([_spell(_at(2, 12), _at(2, 17))], "On duty"),  # begins at the moment itself
        ([_spell(_at(2, 7), _at(2, 17), status="planned")], "On duty (planned)"),
        ([_spell(_at(2, 7), _at(2, 17), status="planned"), _spell(_at(2, 0), _at(3, 0), duty="sick")], "Sick"),
        ([_spell(_at(2, 0), _at(3, 0), duty="rest_day"), _spell(_at(2, 11), _at(2, 13), duty="overtime")], "Overtime"),
    ],
)
def test_the_roster_is_told_for_the_moment_of_an_access(spells: list[DutySpell], said: str) -> None:
    """At noon: what was worked outweighs what was planned, and work outweighs absence."""
    assert duty_at(_at(2, 12), spells) == said


def test_an_open_spell_holds_the_moment_far_after_its_start() -> None:
    """A suspension without an end goes on."""
    assert duty_at(_at(2, 12) + timedelta(days=400), [_spell(_at(1, 0), None, duty="suspended")]) == "Suspended"
