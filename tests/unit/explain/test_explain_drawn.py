"""Drawn tables are read exactly: nothing that is drawn wrong is skipped."""

from __future__ import annotations

import pytest

from custodiet.explain import drawn

DRAWING = """
posting
person | unit | valid_to
4127   | A    |
4128   |      | 2026-03-02 10:00

access
access | actor | subject | occurred_at
50     | 4127  | N1      | 2026-03-02 10:00
"""


def test_rows_are_numbered_and_filled() -> None:
    """Rows are numbered through the drawing unless they say their number; what is not drawn is absent or open."""
    world = drawn.world(DRAWING)
    first, second = world["posting"]
    assert (first["fact"], first["unit"], first["valid_to"]) == (1, "A", drawn.OPEN_END)
    assert (second["fact"], second["valid_to"]) == (2, drawn.instant("2026-03-02 10:00"))
    assert second["recorded_at"] is None
    assert world["access"][0]["access"] == 50
    assert world["access"][0]["subject_as_used"] == "N1"


def test_an_instant_is_microseconds_in_utc() -> None:
    """1970-01-02 is a day after the start of counting."""
    assert drawn.instant("1970-01-02 00:00") == 86_400_000_000


@pytest.mark.parametrize(
    ("drawing", "message"),
    [
        ("weather\nsun\nyes", "weather is no relation"),
        ("posting\ncolour\nred", "colour is no column of posting"),
        ("posting\nperson | unit\n4127", "posting has 2 columns, but a row has 1"),
        ("posting", "posting has no columns"),
    ],
)
def test_what_is_drawn_wrong_is_named(drawing: str, message: str) -> None:
    """Relation, column and row are named in the error."""
    with pytest.raises(ValueError, match=message):
        drawn.world(drawing)
