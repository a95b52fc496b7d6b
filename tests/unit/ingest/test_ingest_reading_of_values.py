"""Patterns and formats of time: what they take, what they refuse, and what they mean."""

# ruff: noqa: DTZ001 - local times have no zone by their nature

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from custodiet.ingest.mapping import Ambiguous, Nonexistent, TimeRules
from custodiet.ingest.patterns import PatternError, parse_pattern
from custodiet.ingest.time_formats import FormatError, parse_format, read_time
from custodiet.ingest.zones import resolve


@pytest.mark.parametrize(
    ("pattern", "text", "taken"),
    [
        ("^(?:DP)?0*([0-9]+)$", "DP0042", "42"),
        ("[A-Z]{2}[0-9]+", "AB12", "AB12"),
        ("[A-Z]{2}[0-9]+", "AB12 ", None),
        (r"cost \$", "cost $", "cost $"),
        ("(a)|b", "b", ""),
    ],
)
def test_a_pattern_takes_its_first_group_of_the_whole_text(pattern, text, taken):
    """The whole text must match; the value is the first group, or all of it without groups."""
    assert parse_pattern(pattern).take(text) == taken


@pytest.mark.parametrize(
    "pattern",
    ["(?=a)", "(?<!a)b", r"(a)\1", "(?i)a", "a++", "a**", "a$b", r"\Aa", r"\p{L}", "[[:alpha:]]", "a{2000}", "(a", "[a", r"a\z", "a{,3}", "(?P=n)", r"[\S]"],
)  # fmt: skip
def test_patterns_that_engines_read_differently_are_refused(pattern):
    """Whatever Python and RE2 do not read alike is refused when the file is read."""
    with pytest.raises(PatternError):
        parse_pattern(pattern)


@pytest.mark.parametrize(
    ("form", "text", "local"),
    [
        ("%d/%m/%Y", "05/11/2026", datetime(2026, 11, 5)),
        ("%d/%m/%Y", "5/11/2026", None),
        ("%-d/%-m/%Y", "5/1/2026", datetime(2026, 1, 5)),
        ("%d-%b-%y", "05-NOV-68", datetime(2068, 11, 5)),
        ("%d-%b-%y", "05-nov-69", datetime(1969, 11, 5)),
        ("%Y%m%d%H%M%S", "20261105093001", datetime(2026, 11, 5, 9, 30, 1)),
        ("%d %B %Y %-I:%M %p", "05 November 2026 12:05 am", datetime(2026, 11, 5, 0, 5)),
        ("%Y-%m-%d %H:%M:%S.%f", "2026-11-05 09:30:00.5", datetime(2026, 11, 5, 9, 30, 0, 500000)),
        ("%d/%m/%Y", "31/02/2026", None),
        ("%d/%m/%Y", "01/01/1899", None),
        ("%d/%m/%Y", "01/01/2026 ", None),
        ("%d/%m/%Y", "٠١/01/2026", None),
        ("epoch_s", "0", datetime(1970, 1, 1)),
        ("epoch_ms", "1500", datetime(1970, 1, 1, 0, 0, 1, 500000)),
        ("epoch_s", "99999999999999", None),
        ("iso8601", "2026-11-05", datetime(2026, 11, 5)),
        ("iso8601", "2026-11-05T09:30:00,1234567", datetime(2026, 11, 5, 9, 30, 0, 123456)),
        ("iso8601", "2026-11-05T24:00", None),
    ],
)
def test_a_format_takes_exactly_its_own_texts(form, text, local):
    """A text fits a format as a whole or not at all, and only for a day that is in the calendar."""
    told = read_time(parse_format(form), text)
    assert (None if told is None else told.local) == local


def test_an_offset_in_the_text_makes_an_instant():
    """A time with an offset needs no zone."""
    told = read_time(parse_format("iso8601"), "2026-07-01T09:30:00+05:30")
    assert told.instant() == datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "form", ["%d/%m", "%Y-%m-%d %Q", "%I:%M %d/%m/%Y", "%H %p %d/%m/%Y", "%d%d/%m/%Y", "%-d%m%Y", "%z %d/%m/%Y", "%"]
)
def test_formats_that_leave_something_open_are_refused(form):
    """A format names one day without doubt, and nothing that is not read."""
    with pytest.raises(FormatError):
        parse_format(form)


LONDON = TimeRules(zone="Europe/London")


@pytest.mark.parametrize(
    ("local", "rules", "instant", "fault"),
    [
        (datetime(2026, 10, 25, 1, 30), LONDON, None, "ambiguous_time"),
        (datetime(2026, 3, 29, 1, 30), LONDON, None, "no_such_time"),
        (datetime(2026, 10, 25, 0, 59), LONDON, datetime(2026, 10, 24, 23, 59, tzinfo=UTC), None),
        (datetime(2026, 10, 25, 2, 0), LONDON, datetime(2026, 10, 25, 2, 0, tzinfo=UTC), None),
        (datetime(2026, 3, 29, 2, 0), LONDON, datetime(2026, 3, 29, 1, 0, tzinfo=UTC), None),
        (
            datetime(2026, 10, 25, 1, 30),
            TimeRules(zone="Europe/London", ambiguous=Ambiguous.FIRST),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            None,
        ),
        (
            datetime(2026, 10, 25, 1, 30),
            TimeRules(zone="Europe/London", ambiguous=Ambiguous.SECOND),
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            None,
        ),
        (
            datetime(2026, 3, 29, 1, 30),
            TimeRules(zone="Europe/London", nonexistent=Nonexistent.FORWARD),
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
            None,
        ),
    ],
)
def test_local_times_at_a_change_of_the_clocks(local, rules, instant, fault):
    """A local time that comes twice or never is told, unless the mapping says how to read it."""
    moment = resolve(local, rules)
    assert (moment.instant, moment.fault) == (instant, fault)
