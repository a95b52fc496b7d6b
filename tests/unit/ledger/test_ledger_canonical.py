"""The one text of a JSON value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from custodiet.errors import BadInput
from custodiet.ledger.canonical import canonical, instant_text, parsed, quoted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ({"\U00010000": 1, "\ue000": 2}, '{"\U00010000":1,"\ue000":2}'),  # UTF-16 order: D800 before E000
        ('\x00\x1f\x7f"\\/\b\t\n\f\r é €', '"\\u0000\\u001f\x7f\\"\\\\/\\b\\t\\n\\f\\r é €"'),
        (-(2**53 - 1), "-9007199254740991"),
        ({}, "{}"),
    ],
)
def test_a_value_has_one_text(value: object, text: str) -> None:
    """Canonical text is that of RFC 8785, and reading it gives the value back."""
    assert canonical(value) == text
    assert parsed(text) == value


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, b"x", {1: 2}, "\ud800", {"\udfff": 1}, {1, 2}])
def test_what_has_no_canonical_text_is_refused(value: object) -> None:
    """Fractions, integers beyond 53 bits, bytes, half surrogates and keys that are no texts are refused."""
    with pytest.raises(BadInput):
        canonical(value)


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"a":2}',
        '{"a": 1}',
        '{"a":1}\n',
        '{"a":1,"a":1}',
        '{"a":1.0}',
        '{"a":1e2}',
        '"\\u0041"',
        "01",
        "NaN",
        "-0",
        "",
    ],
)
def test_a_text_that_is_not_canonical_is_refused(text: str) -> None:
    """Unsorted or repeated keys, white space, other spellings of a number or letter are not read as if they were right."""
    with pytest.raises(BadInput):
        parsed(text)


def test_an_instant_is_utc_with_six_digits_in_any_year() -> None:
    """The year has four digits and the fraction six, whatever they are; another zone is turned into UTC."""
    assert instant_text(datetime(1, 1, 1)) == "0001-01-01T00:00:00.000000Z"  # noqa: DTZ001
    assert instant_text(datetime(2026, 7, 1, 1, tzinfo=timezone(timedelta(hours=1)))) == "2026-07-01T00:00:00.000000Z"
    assert instant_text(datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)) == "9999-12-31T23:59:59.999999Z"


def test_a_text_is_kept_letter_for_letter() -> None:
    """Nothing is normalised: a composed and a decomposed letter stay different."""
    assert quoted("é") != quoted("e\u0301")
