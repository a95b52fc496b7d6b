"""Fixed width and JSON Lines: a record on each line."""

from __future__ import annotations

import pytest

from custodiet.errors import BadInput
from custodiet.ingest.reading import Format, Reading, Slice
from custodiet.sources.files.readers import reader_for
from support.delivered import delivered

PLACES = (Slice(name="TERMINAL", start=2, width=4), Slice(name="USER", start=6, width=5))
FIXED = Reading(format=Format.FIXED_WIDTH, slices=PLACES, trailer=r"^T0*(?P<count>\d+)$", encoding="cp1252")
LINES = Reading(format=Format.JSON_LINES)


def test_fixed_width_fields_are_places_in_characters() -> None:
    """Fields are cut by characters, padding is dropped and nothing given is NULL; the last field may be short."""
    found = delivered(reader_for(FIXED), "H20261026\nDT£1 ANN  \nD    Bö\nT0002\n".encode("cp1252"))
    assert found.rows == [{"TERMINAL": "T£1", "USER": "ANN"}, {"TERMINAL": None, "USER": "Bö"}]
    assert (found.not_audit, found.originals[0]) == (2, "DT£1 ANN  ".encode("cp1252"))


def test_fixed_width_line_cut_or_shifted_is_unreadable() -> None:
    """A line that ends before its last field, or goes on with more than blanks, is kept as unreadable."""
    found = delivered(reader_for(FIXED), b"H\nDT001\nDT001ANNABX\nDT001ANNAB  \nT3\n")
    assert [(u.position, u.problem.reason) for u in found.unreadable] == [(2, "ragged"), (3, "ragged")]
    assert [row["USER"] for row in found.rows] == ["ANNAB"]


def test_fixed_width_shorter_than_its_header_is_refused() -> None:
    """A file with fewer lines than its header has is bad input."""
    with pytest.raises(BadInput, match="header"):
        delivered(reader_for(FIXED), b"")


def test_json_lines_nest_and_widen() -> None:
    """Nested objects get dotted names, numbers keep their spelling, arrays are JSON text, later fields widen the table."""
    data = b'{"id":1.10,"user":{"id":"07","ok":true}}\n\n{"id":-0,"tags":["a",{"b":2.0}],"gone":null,"none":{}}\n'
    found = delivered(reader_for(LINES), data)
    assert found.names == ["id", "user.id", "user.ok", "tags", "gone", "none"]
    assert list(found.rows[0].values()) == ["1.10", "07", "true", None, None, None]
    assert list(found.rows[1].values()) == ["-0", None, None, '["a",{"b":2.0}]', None, "{}"]
    assert (found.positions, found.not_audit) == ([1, 3], 1)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1]",
        "5",
        '{"a":1,"a":2}',
        '{"a":{"b":1},"a.b":2}',
        '{"a":NaN}',
        '{"a":"\\ud800"}',
        '{"a":"\\u0000"}',
        "[" * 9999,
    ],
)
def test_json_line_that_is_no_plain_object_is_unreadable(line: str) -> None:
    """Broken JSON, other values, names said twice and halves of characters are kept and counted."""
    found = delivered(reader_for(LINES), f'{line}\n{{"a":1}}\n'.encode())
    assert [(u.position, u.original) for u in found.unreadable] == [(1, line.encode())]
    assert found.rows == [{"a": "1"}]
