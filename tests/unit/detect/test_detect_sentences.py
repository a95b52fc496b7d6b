"""Sentences of signals are filled in the same way every time."""

from __future__ import annotations

import pytest

from custodiet.detect.sentences import sentence_of


@pytest.mark.parametrize(
    ("sentence", "facts", "expected"),
    [
        ("Opened {n:time|times} on {days:day|days}.", {"n": 7, "days": 1}, "Opened 7 times on 1 day."),
        ("{who} was there.", {"who": "the holder of account x1"}, "The holder of account x1 was there."),
        ("Borne by {share} in 10,000.", {"share": 3.0}, "Borne by 3 in 10,000."),
        ("Borne by {share} in 10,000.", {"share": 3.25}, "Borne by 3.25 in 10,000."),
        ("Self: {known}, {other}.", {"known": True, "other": False}, "Self: yes, no."),
        ("It is {value}.", {"value": None}, "It is an unknown number or text."),
        ("It is {value}.", {"value": "{other}"}, "It is {other}."),
    ],
)
def test_a_sentence_is_filled(sentence: str, facts: dict[str, object], expected: str) -> None:
    """Numbers take the right form of their word, a value is never read as a slot, the first letter is a capital."""
    assert sentence_of(sentence, facts) == expected
