"""Numbers, shares, times and foreign text as a reader sees them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from custodiet.report.wording import LocalClock, counted, number, share, shown, spoken

LONDON = LocalClock(ZoneInfo("Europe/London"))


def test_a_number_has_a_comma_at_each_thousand() -> None:
    """Seven digits get two commas, three digits none."""
    assert (number(1_398_204), number(999)) == ("1,398,204", "999")


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 10, "0%"),
        (10, 10, "100%"),
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 1_000_000, "under 0.1%"),
        (999_999, 1_000_000, "over 99.9%"),
        (1, 2000, "0.1%"),  # 0.05 rounds up
        (0, 0, "not applicable"),
    ],
)
def test_a_share_never_rounds_something_to_nothing_or_most_to_all(part: int, whole: int, said: str) -> None:
    """Only nothing is 0% and only all is 100%."""
    assert share(part, whole) == said


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10**9), st.data())
def test_a_share_tells_the_part_to_half_a_tenth(whole: int, data: st.DataObject) -> None:
    """Whatever figure is printed lies within 0.05 of the true percentage."""
    part = data.draw(st.integers(0, whole))
    said = share(part, whole)

    if said[0].isdigit():
        assert abs(float(said.rstrip("%")) - 100 * part / whole) <= 0.05 + 1e-9
    else:
        assert said in {"under 0.1%", "over 99.9%"}


def test_a_count_agrees_with_its_noun() -> None:
    """One access, but no accesses and many accesses."""
    assert [counted(n, "access", "accesses") for n in (0, 1, 1204)] == ["0 accesses", "1 access", "1,204 accesses"]


def test_a_code_is_told_in_words() -> None:
    """Underscores become spaces and known short forms keep their capitals."""
    assert [spoken(code) for code in ("off_duty", "pcso", "")] == ["Off duty", "PCSO", ""]


def test_the_hour_that_comes_twice_is_told_apart_by_its_zone() -> None:
    """01:30 in summer time and 01:30 an hour later differ in the abbreviation."""
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert (LONDON.minute(first), LONDON.minute(second)) == ("25 Oct 2026, 01:30 BST", "25 Oct 2026, 01:30 GMT")
    assert (LONDON.utc_minute(first), LONDON.utc_minute(second)) == ("2026-10-25 00:30 UTC", "2026-10-25 01:30 UTC")


def test_a_summer_midnight_belongs_to_the_next_local_day() -> None:
    """23:00 UTC in summer is the next day in London."""
    assert LONDON.second(datetime(2026, 10, 18, 23, 0, 5, tzinfo=UTC)) == "Mon 19 Oct 2026, 00:00:05 BST"


def test_a_naive_time_is_refused() -> None:
    """A time without a zone names no instant."""
    with pytest.raises(ValueError, match="time zone"):
        LONDON.minute(datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\x00", "\x1b", "\ud800", "\u2066"])
def test_a_character_that_hides_or_turns_text_is_made_visible(character: str) -> None:
    """Direction marks, controls and lone surrogates are printed as their numbers."""
    assert shown(f"a{character}b") == f"a[U+{ord(character):04X}]b"


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(max_codepoint=sys.maxunicode)))
def test_text_that_is_shown_can_always_be_written(text: str) -> None:
    """Whatever came in, what is shown encodes as UTF-8."""
    assert str(shown(text)).encode("utf-8") is not None


def test_ordinary_text_and_markup_are_left_alone() -> None:
    """Accents, dashes, line ends and the page's own markup stay as they are."""
    assert shown("Zoë – naïve\nO’Brien") == "Zoë – naïve\nO’Brien"
    assert shown(Markup("<b>")) == Markup("<b>")
    assert shown(12) == 12
