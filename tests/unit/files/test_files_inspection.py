"""Inspecting an unknown file: what is proposed can be read at once, and says where a person must decide."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from custodiet.errors import BadInput, CustodietError
from custodiet.ingest.inspection import Looks
from custodiet.ingest.mapping import Mapping
from custodiet.ingest.mapping_file import parse_mapping
from custodiet.ingest.proposal import propose, source_name
from custodiet.ingest.reading import Format
from custodiet.sources.inspection.inspecting import inspect, preview
from custodiet.sources.inspection.looks import seen


def proposed(folder: Path, name: str, data: bytes | str) -> tuple[Mapping, list[dict[str, str | None]]]:
    """Return the mapping that is proposed for the bytes, as it is read back, and its preview."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    written = propose(inspect(path))
    return parse_mapping(written), preview(path, written)


def columns(mapping: Mapping) -> dict[str, tuple[str, ...]]:
    """Return which delivered fields fill each field of the mapping."""
    return {rule.name: rule.columns for rule in mapping.fields if rule.columns}


EXPORT = "AuditNo,Date,Time,UserId,Login,Op,NominalRef,Workstation,Reason,Crime No,Screen Colour\n" + "".join(
    f"{n},{n % 28 + 1:02d}/10/2026,{n % 24:02d}:15:00,DP{4000 + n % 7:05d},JSmith{n % 7},{'VUVVS'[n % 5]},N{n},WS1,check,,red\n"
    for n in range(1, 60)
)


def test_export_is_recognised_by_its_names(tmp_path: Path) -> None:
    """Date and time are joined, people, subject and codes are told by name, and the rest is kept as extra."""
    mapping, rows = proposed(tmp_path, "rms_2026-10.csv", EXPORT + "TRAILER,59\n")
    assert columns(mapping) == {
        "occurred_at": ("Date", "Time"),
        "operator": ("UserId",),
        "account": ("Login",),
        "device": ("Workstation",),
        "subject": ("NominalRef",),
        "action": ("Op",),
        "channel": ("Op",),
        "stated_purpose": ("Reason",),
        "source_event_id": ("AuditNo",),
    }
    assert (mapping.source, mapping.keep, mapping.reading.trailer) == (
        "rms",
        ("Screen Colour",),
        r"^TRAILER,(?P<count>\d+)",
    )
    first = rows[0]
    assert len(rows) == 10
    assert (first["occurred_at"], first["operator"], first["action"]) == (
        "2026-10-02T00:15:00.000000Z",
        "4001",
        "alteration",
    )


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encoding_and_delimiter_are_told(tmp_path: Path, codec: str, encoding: str) -> None:
    """Marks, UTF-16 without a mark and cp1252 are told, and the delimiter is the one that cuts evenly."""
    text = "Datum;Benutzer;Akte\r\n01.10.2026 10:00;Jürgen, M.;A1\r\n02.10.2026 10:00;Zoë;A2\r\n"
    mapping, rows = proposed(tmp_path, "x.csv", text.encode(codec))
    assert (mapping.reading.encoding, mapping.reading.delimiter) == (encoding, ";")
    assert [row["occurred_at"] for row in rows] == ["2026-10-01T09:00:00.000000Z", "2026-10-02T09:00:00.000000Z"]


def test_lines_above_the_names_are_header(tmp_path: Path) -> None:
    """A title above the names makes a header of more lines, and a person is told to look."""
    path = tmp_path / "x.csv"
    path.write_text("Report of accesses\n" + EXPORT, encoding="utf-8")
    inspection = inspect(path)
    assert inspection.reading.header == 2
    assert "line 2" in inspection.notes[0]


def test_file_without_names_gets_numbers(tmp_path: Path) -> None:
    """Where the first line is a record, fields are numbered and every line is a record."""
    mapping, rows = proposed(tmp_path, "x.csv", EXPORT.split("\n", 1)[1])
    assert (mapping.reading.header, mapping.reading.columns[0], len(rows)) == (0, "column_1", 10)


EVENTS = [
    {
        "id": f"e{n}",
        "ts": f"2026-10-{n % 28 + 1:02d}T10:00:00Z",
        "user": {"id": f"u{n % 3}"},
        "patient": {"id": f"P{n}"},
    }
    for n in range(30)
]


@pytest.mark.parametrize(
    ("name", "text", "form", "records"),
    [
        ("x.jsonl", "\n".join(json.dumps(event) for event in EVENTS), Format.JSON_LINES, None),
        ("x.json", json.dumps(EVENTS), Format.JSON, None),
        ("y.json", json.dumps({"meta": {"n": [1]}, "data": {"events": EVENTS}}, indent=1), Format.JSON, "data.events"),
    ],
)
def test_json_is_told_by_its_shape(tmp_path: Path, name: str, text: str, form: Format, records: str | None) -> None:
    """Lines of objects, an array and a document with an array inside are told, and nested names are understood."""
    mapping, rows = proposed(tmp_path, name, text)
    assert (mapping.reading.format, mapping.reading.records) == (form, records)
    assert columns(mapping)["operator"] == ("user.id",)
    assert (rows[0]["subject"], rows[0]["source_event_id"]) == ("P0", "e0")


def test_xml_record_is_the_repeated_element(tmp_path: Path) -> None:
    """The path of the repeated element is proposed; a document type is refused."""
    body = "".join(
        f'<e id="{n}"><at>2026-10-01 10:00</at><who>{n % 4 + 4000}</who><subject>P{n}</subject></e>' for n in range(20)
    )
    mapping, rows = proposed(tmp_path, "x.xml", f"<log><head/>{body}</log>")
    assert (mapping.reading.records, rows[0]["operator"]) == ("log/e", "4000")
    with pytest.raises(BadInput, match="document type"):
        proposed(tmp_path, "y.xml", f"<!DOCTYPE log []><log>{body}</log>")


def test_fixed_width_places_are_guessed(tmp_path: Path) -> None:
    """Lines of one width without delimiter are cut where all have blanks, and a person is told to check."""
    lines = "\n".join(f"WS{n:03d} DP{4000 + n % 5} 2026100{n % 9 + 1}101500 V N{n:05d}" for n in range(1, 40))
    mapping, rows = proposed(tmp_path, "x.txt", lines)
    assert [(piece.start, piece.width) for piece in mapping.reading.slices] == [
        (1, 6),
        (7, 7),
        (14, 15),
        (29, 2),
        (31, 6),
    ]
    assert rows[0]["occurred_at"] == "2026-10-02T09:15:00.000000Z"


def test_tables_are_told_by_their_first_bytes(tmp_path: Path) -> None:
    """Parquet and XLSX are told whatever the file is called; a title above an XLSX header is passed by."""
    sink = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist([{"user_id": "u1", "urn": "N1", "at": "2026-10-01T10:00:00Z"}] * 3), sink)
    mapping, rows = proposed(tmp_path, "a.bin", sink.getvalue())
    assert (mapping.reading.format, rows[0]["subject"]) == (Format.PARQUET, "N1")
    book = openpyxl.Workbook()
    for row in (
        ["Report"],
        ["User Id", "URN", "When"],
        ["u1", "N1", "2026-10-01T10:00:00Z"],
        ["u1", "N2", "2026-10-01T10:00:01Z"],
    ):
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    mapping, rows = proposed(tmp_path, "b.bin", sink.getvalue())
    assert (mapping.reading.format, mapping.reading.header, rows[0]["subject"]) == (Format.XLSX, 2, "N1")


def test_roster_and_change_log_are_told_by_their_shape(tmp_path: Path) -> None:
    """A column for each day makes duties; field, new value and moment make postings."""
    days = [f"{day:02d}/11/2026" for day in range(1, 9)]
    roster = (
        "StaffNo,"
        + ",".join(days)
        + "\n"
        + "".join(f"{1000 + n}," + ",".join(["E", "RD"] * 4) + "\n" for n in range(9))
    )
    mapping, rows = proposed(tmp_path, "roster.csv", roster)
    assert (mapping.target.name, rows[0]["person"], rows[0]["valid_from"]) == (
        "duty",
        "1000",
        "2026-11-01T07:00:00.000000Z",
    )
    log = "StaffNo,Field,NewValue,ChangedAt\n" + "".join(
        f"{1000 + n},UNIT,b{n},2026-10-01 10:{n:02d}\n" for n in range(20)
    )
    mapping, rows = proposed(tmp_path, "changes.csv", log)
    assert (mapping.target.name, rows[0]["attributes"]) == ("posting", '{"unit":"b0"}')


def test_suspicions_are_told(tmp_path: Path) -> None:
    """Days that could be months, years of two digits, rounded numbers and broken records are told."""
    path = tmp_path / "x.csv"
    path.write_text(
        "A,B,C\n01/02/2026,1.2E+11,01/13/26\n02/03/2026,1.3E+11,02/14/26\nx\n03/04/2026,5,03/15/26\n", encoding="utf-8"
    )
    told = " ".join(inspect(path).notes)
    assert "A: day and month" in told
    assert "B: a spreadsheet has rounded" in told
    assert "1 of the records" in told
    path.write_text("A,B\n13/02/26,x\n14/02/26,y\n", encoding="utf-8")
    assert inspect(path).notes == ("A: years have two digits.",)


def test_proposal_holds_no_values_but_codes(tmp_path: Path) -> None:
    """Samples are shown, never written: the mapping file holds no text of a record except codes of an action."""
    path = tmp_path / "x.csv"
    path.write_text(EXPORT, encoding="utf-8")
    written = propose(inspect(path))
    assert "JSmith" not in written
    assert "DP0" not in written


@pytest.mark.parametrize(
    ("texts", "looks"),
    [
        (["4127", "DP0042", "4127"], Looks.STAFF_NUMBER),
        (["V", "U"] * 5, Looks.CODE),
        (["V", "View"], Looks.CODE),
        (["", None], Looks.EMPTY),
        (["10:15", "23:59"], Looks.CLOCK),
        (["2026-10-01", "2026-10-02"], Looks.DAY),
        (["1790000000000"], Looks.TIME),
        (["A12", "B13"], Looks.IDENTIFIER),
        (["a note", "b"], Looks.TEXT),
        (["1", "2,000.50"], Looks.NUMBER),
    ],
)
def test_looks_follow_from_all_texts(texts: list[str | None], looks: Looks) -> None:
    """What a field looks like is judged by all its texts, blanks aside."""
    assert seen("x", texts).looks is looks


def test_source_is_named_after_the_file() -> None:
    """The proposed name is the file's without its date, in letters that the ledger takes."""
    assert [source_name(name) for name in ("RMS Export 2026.csv", "2026.csv", "x")] == ["rms_export", "source", "x"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04junk", b"PAR1junk"])
def test_file_that_cannot_be_inspected_is_bad_input(tmp_path: Path, data: bytes) -> None:
    """An empty file and broken tables are refused in words."""
    with pytest.raises(BadInput):
        proposed(tmp_path, "x", data)


CELL = st.text(st.sampled_from("abAB01279/:-. \"';#=é\t\\,"), max_size=12)


@given(st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
@settings(max_examples=60, deadline=None)
def test_whatever_is_proposed_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str
) -> None:
    """For any text file the proposal is a mapping file that parses and previews, or the file is refused in words."""
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    try:
        written = propose(inspect(path))
    except CustodietError:
        return
    parse_mapping(written)
    assert isinstance(preview(path, written), list)
