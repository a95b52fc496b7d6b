"""Parquet and XLSX: rows that have no bytes of their own."""

from __future__ import annotations

import io
import random
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ingest.reading import Format, Reading
from custodiet.sources.files.readers import reader_for
from support.delivered import delivered

PARQUET = Reading(format=Format.PARQUET)
XLSX = Reading(format=Format.XLSX)


def stored(table: pa.Table) -> bytes:
    """Return the table as a Parquet file."""
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    return sink.getvalue()


def test_parquet_values_become_text() -> None:
    """Every type has one text: instants RFC 3339 in UTC, decimals with their scale, structs dotted, lists JSON."""
    table = pa.table(
        {
            "at": pa.array([datetime(2026, 10, 25, 1, 30, tzinfo=UTC)], pa.timestamp("us", "Europe/London")),
            "local": pa.array([datetime(2026, 10, 25, 1, 30)], pa.timestamp("ms")),  # noqa: DTZ001
            "day": [date(2026, 10, 25)],
            "sum": [Decimal("1.10")],
            "staff": [4127.0],
            "ratio": [0.25],
            "user": [{"id": 7, "names": ["a", "b"]}],
            "raw": [b"\x01\xff"],
            "ok": [True],
            "code": pa.array(["V"]).dictionary_encode(),
            "none": pa.nulls(1),
            "blank": [""],
        }
    )
    found = delivered(reader_for(PARQUET), stored(table))
    assert list(found.rows[0].values()) == [
        "2026-10-25T01:30:00.000000Z",
        "2026-10-25T01:30:00.000",
        "2026-10-25",
        "1.10",
        "4127",
        "0.25",
        "7",
        '["a","b"]',
        "01ff",
        "true",
        "V",
        None,
        None,
    ]
    assert found.positions == [1]


def test_parquet_original_is_canonical_json() -> None:
    """The original of a row is JSON with sorted names and no blanks."""
    found = delivered(reader_for(PARQUET), stored(pa.table({"b": ["é", None], "a": [1, 2]})))
    assert found.originals == ['{"a":"1","b":"é"}'.encode(), b'{"a":"2","b":null}']
    assert delivered(reader_for(PARQUET), stored(pa.table({"b": pa.array([], pa.string())}))).names == ["b"]


def test_parquet_that_is_none_is_refused() -> None:
    """A file that is no Parquet, or is cut short, is bad input."""
    whole = stored(pa.table({"a": ["x"]}))
    for data in (b"", b"PAR1", whole[:-8]):
        with pytest.raises(BadInput, match="Parquet"):
            delivered(reader_for(PARQUET), data)


def workbook(*rows: list[object], formats: dict[str, str] | None = None) -> bytes:
    """Return a workbook with one sheet of these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, number_format in (formats or {}).items():
        book.active[place].number_format = number_format
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def test_xlsx_values_become_text_as_they_are_read() -> None:
    """Leading zeros that a format shows are kept, dates are ISO 8601, empty cells are NULL."""
    data = workbook(
        ["No", "When", "Day", "At", "Long", "Flag", "Text", "Gap", "Float"],
        [
            412,
            datetime(2026, 10, 25, 1, 30),  # noqa: DTZ001
            date(2026, 10, 25),
            time(7, 5),
            timedelta(hours=26),
            True,
            "007",
            None,
            1.5,
        ],
        formats={"A2": "000000", "E2": "[h]:mm:ss"},
    )
    found = delivered(reader_for(XLSX), data)
    assert list(found.rows[0].values()) == [
        "000412",
        "2026-10-25T01:30:00",
        "2026-10-25",
        "07:05:00",
        "26:00:00",
        "true",
        "007",
        None,
        "1.5",
    ]
    assert (found.positions, found.not_audit) == ([2], 1)
    assert found.originals[0].startswith(b'{"At":"07:05:00","Day":"2026-10-25"')


def test_xlsx_blank_rows_trailers_and_faults_are_counted() -> None:
    """Blank rows and the trailer are no records; rows with too many cells, errors and bare formulas are unreadable."""
    data = workbook(["A", "B"], [1, 2], [], [1, 2, 3], ["#REF!", 1], ["=1+1", 2], ["Total", 4])
    reading = Reading(format=Format.XLSX, trailer=r"^Total,(?P<count>\d+)$")
    found = delivered(reader_for(reading), data)
    assert (len(found.rows), found.not_audit) == (1, 3)
    assert [(u.position, u.problem.reason, u.problem.field) for u in found.unreadable] == [
        (4, "ragged", None),
        (5, "unreadable", "A"),
        (6, "unreadable", "A"),
    ]


def test_xlsx_sheet_is_chosen_by_name() -> None:
    """The mapping's sheet is read, the first where none is named; a sheet that is not there is refused."""
    book = openpyxl.Workbook()
    book.active.append(["A"])
    book.create_sheet("Roster").append(["B"])
    sink = io.BytesIO()
    book.save(sink)
    assert delivered(reader_for(Reading(format=Format.XLSX, sheet="Roster")), sink.getvalue()).names == ["B"]
    with pytest.raises(BadInput, match="no such sheet"):
        delivered(reader_for(Reading(format=Format.XLSX, sheet="X")), sink.getvalue())


def test_xlsx_that_is_none_is_refused() -> None:
    """A file that is no workbook is bad input."""
    with pytest.raises(BadInput, match="XLSX"):
        delivered(reader_for(XLSX), b"PK nonsense")


def test_xlsx_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where openpyxl is not installed, the message says how to install it."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(EnvironmentFault, match=r"pip install 'custodiet\[xlsx\]'"):
        delivered(reader_for(XLSX), b"")


@pytest.mark.parametrize("form", [Format.PARQUET, Format.XLSX])
def test_damaged_tables_are_bad_input_wherever_the_damage_is(form: Format) -> None:
    """Whatever bytes of a table are overwritten, it is read or refused as bad input, never a fault of ours."""
    whole = stored(pa.table({"id": ["1", "2"], "n": [1, 2]}))
    if form is Format.XLSX:
        whole = workbook(["Id", "When"], *([number, datetime(2026, 1, 1)] for number in range(30)))  # noqa: DTZ001
    chance, refused = random.Random(5), 0
    for _ in range(80):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 3, 20))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            delivered(reader_for(Reading(format=form)), bytes(damaged))
        except BadInput:
            refused += 1
    assert refused > 0


def test_parquet_texts_that_are_none_and_times_too_fine_are_refused() -> None:
    """A text that is not UTF-8, and a nanosecond that no text of ours holds, are the file's fault and said so."""
    offsets = pa.py_buffer(b"\0\0\0\0\2\0\0\0")
    for column in (
        pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(b"\xff\xfe")]),
        pa.array([1], pa.time64("ns")),
    ):
        with pytest.raises(BadInput, match="Parquet"):
            delivered(reader_for(PARQUET), stored(pa.table({"c": column})))
