"""Windows: when a path holds. Each is `[from, until)` about an instant, the look's own time unless it says another."""

from __future__ import annotations

import pytest

from support.engines import Engine, found
from support.spec_templates import ACCESS, HEAD, PATH, STRENGTH, assignments, window


def test_windows_are_half_open(engine: Engine) -> None:
    """The look at 10:00 lies in [10:00, ..) and not in [.., 10:00); no moment lies in a reversed interval."""
    tables = assignments(
        "2 | 2026-03-02 10:00 | 2026-03-02 11:00",
        "3 | 2026-03-02 09:00 | 2026-03-02 10:00",
        "4 | 2026-03-02 11:00 | 2026-03-02 09:00",
        "5 | 2026-03-02 10:00 | 2026-03-02 10:00",
    )
    template = HEAD + PATH + window(start="a.valid_from", until="a.valid_to") + STRENGTH
    assert found(engine, template, tables) == [((1, 2), 0.8)]


def test_the_borders_are_exact_to_the_microsecond(engine: Engine) -> None:
    """A microsecond decides on either side."""
    tables = assignments(
        "2 | 2026-03-02 10:00:00.000000 | 2026-03-02 10:00:00.000001",
        "3 | 2026-03-02 10:00:00.000001 | 2026-03-02 11:00",
        "4 | 2026-03-02 09:00 | 2026-03-02 09:59:59.999999",
    )
    template = HEAD + PATH + window(start="a.valid_from", until="a.valid_to") + STRENGTH
    assert found(engine, template, tables) == [((1, 2), 0.8)]


def test_open_ends_hold_for_ever(engine: Engine) -> None:
    """What has no start began before everything, what has no end goes on."""
    tables = assignments("2 | | 2026-03-02 10:01", "3 | 2026-03-02 10:00 | ", "4 | | ", "5 | | 2026-03-02 10:00")
    template = HEAD + PATH + window(start="a.valid_from", until="a.valid_to") + STRENGTH
    assert found(engine, template, tables) == [((1, 2), 0.8), ((1, 3), 0.8), ((1, 4), 0.8)]


@pytest.mark.parametrize(
    ("bounds", "rows"),
    [
        ({"start": "a.valid_from"}, [2, 3]),
        ({"until": "a.valid_from"}, [4]),
        ({"start": "a.valid_from + 1h"}, [2]),
        ({"start": "a.valid_from - 30min"}, [2, 3, 4]),
        ({"start": "a.valid_from - 1799s"}, [2, 3]),
        ({"until": "a.valid_from + 2d"}, [2, 3, 4]),
        ({"start": "a.valid_from - 1d", "until": "a.valid_from + 30min"}, [4]),
    ],
)
def test_a_bound_may_be_left_out_and_moved_by_a_span(engine: Engine, bounds: dict[str, str], rows: list[int]) -> None:
    """The look is at 10:00; assignments begin at 08:59, 09:30 and 10:30."""
    tables = assignments("2 | 2026-03-02 08:59 | ", "3 | 2026-03-02 09:30 | ", "4 | 2026-03-02 10:30 | ")
    assert found(engine, HEAD + PATH + window(**bounds) + STRENGTH, tables) == [((1, row), 0.8) for row in rows]


def test_or_takes_over_where_an_end_is_open(engine: Engine) -> None:
    """An hour after the end; with no end yet, two hours after the start."""
    tables = assignments(
        "2 | 2026-03-02 06:00 | 2026-03-02 09:30",
        "3 | 2026-03-02 06:00 | 2026-03-02 09:00",
        "4 | 2026-03-02 08:30 |",
        "5 | 2026-03-02 08:00 |",
    )
    template = HEAD + PATH + window(until="a.valid_to + 1h or a.valid_from + 2h") + STRENGTH
    assert found(engine, template, tables) == [((1, 2), 0.8), ((1, 4), 0.8)]


def test_or_takes_over_where_a_moment_is_absent_too(engine: Engine) -> None:
    """The last moment stands as it is: where it is absent, a bound on it holds of nothing, and so does an open one that is moved."""
    tables = ACCESS + (
        """
assignment
fact | incident | person | recorded_at      | valid_from
2    | i1       | p1     | 2026-03-02 09:00 | 2026-03-02 09:30
3    | i1       | p1     |                  | 2026-03-02 09:30
4    | i1       | p1     |                  | 2026-03-02 10:30
"""
    )
    fallback = HEAD + PATH + window(start="a.recorded_at or a.valid_from") + STRENGTH
    absent = HEAD + PATH + window(start="a.valid_to or a.recorded_at") + STRENGTH
    assert found(engine, fallback, tables) == [((1, 2), 0.8), ((1, 3), 0.8)]
    assert found(engine, absent, tables) == [((1, 2), 0.8)]


def test_a_window_may_be_about_another_moment(engine: Engine) -> None:
    """The other was in the unit when his work began, whatever he is at the look."""
    path = PATH + '\n[[path]]\nrelation = "posting"\nalias = "p"\nmatch = { person = "a.person" }\n'
    tables = assignments("2 | 2026-03-02 06:00 | ") + (
        """
posting
fact | person | valid_from       | valid_to
3    | p1     | 2026-03-02 05:00 | 2026-03-02 07:00
4    | p1     | 2026-03-02 07:00 |
5    | p1     | 2026-03-02 06:00 | 2026-03-02 06:00
"""
    )
    at_the_start = window(instant="a.valid_from", start="p.valid_from", until="p.valid_to")
    assert found(engine, HEAD + path + at_the_start + STRENGTH, tables) == [((1, 2, 3), 0.8)]


def test_all_windows_must_hold(engine: Engine) -> None:
    """The work went on at the look, and the involvement was known within two hours of it."""
    tables = assignments("2 | 2026-03-02 09:00 | 2026-03-02 11:00", "3 | 2026-03-02 10:30 | 2026-03-02 11:00")
    work = window(start="a.valid_from", until="a.valid_to")
    known, unknown = window(start="s.recorded_at - 2h"), window(start="s.recorded_at - 119min")
    assert found(engine, HEAD + PATH + work + known + STRENGTH, tables) == [((1, 2), 0.8)]
    assert found(engine, HEAD + PATH + work + unknown + STRENGTH, tables) == []


def test_without_a_window_a_path_holds_at_any_time(engine: Engine) -> None:
    """Rows of the past, the future and of reversed intervals all do."""
    tables = assignments(
        "2 | 2020-01-01 00:00 | 2020-01-02 00:00", "3 | 2030-01-01 00:00 | ", "4 | 2026-03-03 00:00 | 2026-03-01 00:00"
    )
    assert found(engine, HEAD + PATH + STRENGTH, tables) == [((1, 2), 0.8), ((1, 3), 0.8), ((1, 4), 0.8)]
