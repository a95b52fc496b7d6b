"""Laws of the CSV reader: every line is accounted for, and the fast way says what the csv module says."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import BadInput
from custodiet.ingest.reading import Format, Reading
from custodiet.sources.files.delimited import DelimitedReader
from support.delivered import Delivered, Trickle, delivered

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
AWKWARD = st.lists(
    st.sampled_from(
        [b"a", b"b", b",", b",", b'"', b'"', b'""', b"\n", b"\r\n", b"\r", b" ", b"#", b"\0", b"\xff", "é".encode()]
    ),
    max_size=40,
).map(b"".join)
FIELD = st.text(st.sampled_from('ab,"\n\r é£'), max_size=5)
READINGS = st.builds(
    lambda columns, skip: Reading(format=Format.CSV, header=0, columns=columns, skip=skip),
    st.sampled_from([("x",), ("x", "y"), ("x", "y", "z")]),
    st.sampled_from([(), ("^#",)]),
)


def accounted(found: Delivered, data: bytes) -> int:
    """Return the number of lines in the records, having checked that each record's bytes are those at its line."""
    lines = LINE.findall(data)
    taken = 0
    for position, original in found.pieces:
        assert b"".join(lines[position - 1 :]).startswith(original)
        taken += len(LINE.findall(original)) or 1
    return taken


@given(READINGS, AWKWARD, st.integers(1, 60))
@settings(max_examples=300, deadline=None)
def test_every_line_is_in_a_record_or_counted(reading: Reading, data: bytes, step: int) -> None:
    """Lines in records, readable or not, and lines counted as no audit add up to the lines of the file."""
    found = delivered(DelimitedReader(reading), Trickle(data, step))
    assert accounted(found, data) + found.not_audit == len(LINE.findall(data))


@given(READINGS, AWKWARD, st.integers(1, 60))
@settings(max_examples=300, deadline=None)
def test_fast_way_equals_csv_module(reading: Reading, data: bytes, step: int) -> None:
    """The fast way and the csv module give the same records, the same faults and the same counts."""
    fast = delivered(DelimitedReader(reading), Trickle(data, step))
    plain = delivered(DelimitedReader(reading, fast=False), data)
    assert (fast.rows, fast.pieces, fast.unreadable, fast.not_audit) == (
        plain.rows,
        plain.pieces,
        plain.unreadable,
        plain.not_audit,
    )


@given(
    rows=st.lists(st.tuples(FIELD, FIELD), min_size=1, max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    fast=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_with_quotes_is_read_back(rows: list[tuple[str, str]], end: str, *, fast: bool) -> None:
    """Fields written with doubled quotes come back exactly, whatever delimiters, quotes and line ends they hold."""
    quoted = [",".join('"' + text.replace('"', '""') + '"' for text in row) for row in rows]
    data = ("x,y" + end + end.join(quoted)).encode()
    found = delivered(DelimitedReader(Reading(format=Format.CSV, missing=()), fast=fast), data)
    assert [tuple(row.values()) for row in found.rows] == rows
    assert found.originals == [line.encode() for line in quoted]


@given(AWKWARD)
@settings(max_examples=200, deadline=None)
def test_header_is_read_or_refused(data: bytes) -> None:
    """A file with any header is read to its end or refused as bad input; nothing else happens."""
    try:
        found = delivered(DelimitedReader(Reading(format=Format.CSV)), data)
    except BadInput:
        return
    assert len(found.names) == len(set(found.names))
