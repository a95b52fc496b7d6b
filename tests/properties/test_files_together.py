"""Laws of the other readers: what is cut together is what is cut one by one, and every line is accounted for."""

from __future__ import annotations

import json
import re

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.ingest.reading import Format, Reading, Slice
from custodiet.sources.files.readers import reader_for
from custodiet.sources.files.tabular import row_bytes, rows_bytes
from support.delivered import Trickle, delivered

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
TEXT = st.text(st.sampled_from('ab "\\\n\x1f\x7fé£€'), max_size=6)
FIXED = Reading(
    format=Format.FIXED_WIDTH,
    header=0,
    slices=(Slice(name="a", start=1, width=2), Slice(name="b", start=4, width=3)),
    skip=("^#",),
)


@given(
    st.lists(st.tuples(st.none() | TEXT, st.none() | TEXT), max_size=6),
    st.sampled_from([("a", "b"), ("b", 'a"'), ("é", "e")]),
)
@settings(max_examples=150, deadline=None)
def test_rows_together_are_rows_one_by_one(rows: list[tuple[str | None, str | None]], names: tuple[str, str]) -> None:
    """Canonical JSON of columns is canonical JSON of their rows."""
    columns = [pa.array([row[number] for row in rows], pa.string()) for number in range(2)]
    assert rows_bytes(names, columns).to_pylist() == [row_bytes(names, row) for row in rows]


@given(
    st.lists(st.sampled_from(["ab cde", "é £€", "ab c", "a", "ab cdefg", "ab cde ", "#", " ", "      "]), max_size=8),
    st.integers(1, 40),
)
@settings(max_examples=150, deadline=None)
def test_fixed_width_lines_are_cut_alike_in_any_block(lines: list[str], step: int) -> None:
    """However a file falls into blocks, each line has the same fields, and every line is accounted for."""
    data = "\n".join(lines).encode()
    found = delivered(reader_for(FIXED), Trickle(data, step))
    assert found.received + found.not_audit == len(LINE.findall(data))
    expected = [
        (line[0:2].strip(" ") or None, line[3:6].strip(" ") or None)
        for line in lines
        if len(line) >= 4 and not line[6:].strip(" ") and line.strip(" ")
    ]
    assert [tuple(row.values()) for row in found.rows] == expected


RECORD = st.dictionaries(
    st.sampled_from(["a", "b", "c.d", "é"]),
    st.none()
    | st.booleans()
    | st.integers()
    | TEXT
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.sampled_from("xy"), TEXT, max_size=2),
    max_size=4,
)


@given(st.lists(RECORD, max_size=5), st.integers(1, 50))
@settings(max_examples=150, deadline=None)
def test_json_lines_and_documents_say_the_same(records: list[dict[str, object]], step: int) -> None:
    """The same records as lines and as a document have the same fields and the same bytes."""
    texts = [json.dumps(record, ensure_ascii=False) for record in records]
    lines = delivered(reader_for(Reading(format=Format.JSON_LINES)), Trickle("\n".join(texts).encode(), step))
    document = delivered(reader_for(Reading(format=Format.JSON)), f"[{' , '.join(texts)}]".encode())
    assert [original for _, original in lines.pieces] == [text.encode() for text in texts]
    assert [original for _, original in document.pieces] == [text.encode() for text in texts]

    def given_fields(rows: list[dict[str, str | None]]) -> list[dict[str, str]]:
        return [{name: text for name, text in row.items() if text is not None} for row in rows]

    assert given_fields(lines.rows) == given_fields(document.rows)


@given(st.lists(st.tuples(st.sampled_from(["", "x", "é&<", " "]), st.booleans()), max_size=6), st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_xml_records_are_cut_alike_in_any_chunk(records: list[tuple[str, bool]], step: int) -> None:
    """However the file comes in, each record's bytes are those of its element, self-closing or not."""
    escaped = [(text.replace("&", "&amp;").replace("<", "&lt;"), closed) for text, closed in records]
    elements = [f'<e a="{text}>"/>' if closed else f'<e a="1">{text}<f/></e>' for text, closed in escaped]
    data = f"<r>\n{' '.join(elements)}</r>".encode()
    found = delivered(reader_for(Reading(format=Format.XML, records="r/e")), Trickle(data, step))
    assert found.originals == [element.encode() for element in elements]
