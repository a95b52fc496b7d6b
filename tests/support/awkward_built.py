"""Awkward deliveries that are made rather than kept: tables, and one that would be large."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl
import pyarrow as pa
from pyarrow import parquet


def built(case: str) -> dict[str, bytes]:
    """Return the files of a case that has none in its folder."""
    makers = {
        "huge_field": _huge,
        "parquet": _parquet,
        "xlsx_zeros_and_dates": _xlsx,
        "formulas_in_a_sheet_never_calculated": _formulas,
    }
    return makers[case]()


def _huge() -> dict[str, bytes]:
    note = "lorem ipsum " * 58_334
    lines = [
        "Id,When,User,Op,Subject,Note",
        f'1,12/10/2026 09:00:00,4127,V,N77,"{note}"',
        "2,12/10/2026 09:05:00,4127,U,N78,x",
    ]
    return {"delivery.csv": "\n".join(lines).encode()}


def _parquet() -> dict[str, bytes]:
    table = pa.table(
        {
            "Id": pa.array([1, 2], pa.int32()),
            "When": pa.array([datetime(2026, 10, 12, 8, tzinfo=UTC)] * 2, pa.timestamp("us", "Europe/London")),
            "actor": [{"no": 4127.0}, {"no": 4128.0}],
            "Op": pa.array(["V", "U"]).dictionary_encode(),
            "Subject": ["N77", "N78"],
        }
    )
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    return {"delivery.parquet": sink.getvalue()}


def _xlsx() -> dict[str, bytes]:
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    sheet = book.create_sheet("Log")
    when = datetime(2026, 10, 12, 9)  # noqa: DTZ001 - a worksheet knows no zones
    for row in (
        ["Access log"],
        ["Id", "When", "User", "Op", "Subject"],
        [1, when, 4127, "V", "0077"],
        [2, when, 4127, "V", "#N/A"],
        [],
        [3, when, 4128, "U", "N78"],
    ):
        sheet.append(row)
    sheet["C3"].number_format = "000000"
    sink = io.BytesIO()
    book.save(sink)
    return {"delivery.xlsx": sink.getvalue()}


def _formulas() -> dict[str, bytes]:
    book = openpyxl.Workbook()
    for row in (
        ["Id", "When", "User", "Op", "Subject"],
        [1, "2026-10-12", 4127, "V", "N77"],
        [2, "2026-10-12", 4127, "V", "=A1"],
    ):
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return {"delivery.xlsx": sink.getvalue()}
