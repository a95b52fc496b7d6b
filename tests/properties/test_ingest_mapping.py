"""The compiled mapping and the plain reference give the same rows, whatever the record."""

# ruff: noqa: DTZ001 - instants in DuckDB are UTC without a zone

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.engines.mapping import Mapper
from custodiet.ingest.mapping import Mapping
from custodiet.ingest.mapping_file import parse_mapping
from custodiet.ingest.reference import Raw, Row
from custodiet.ingest.reference_records import read_records

SESSION = Session(threads=1)
NUMBERS = count()
QUICK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
BLANKS = st.sampled_from(["", " ", "\t", "\u00a0", "  \r\n"])


def padded(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw the texts with blanks around them."""
    return st.builds(lambda a, b, c: a + b + c, BLANKS, texts, BLANKS)


def compiled(mapping: Mapping, columns: list[str], records: list[list[str | None]]) -> list[dict[str, Any]]:
    """Return the rows of the compiled mapping, by position and part."""
    arrays = [pa.array([record[n] for record in records], pa.string()) for n in range(len(columns))]
    positions = pa.array(range(1, len(records) + 1), pa.int64())
    originals = pa.array([b""] * len(records), pa.binary())
    table = pa.Table.from_arrays([positions, originals, *arrays], names=["position", "original", *columns])
    mapped = f"mapped_{next(NUMBERS)}"
    rows: list[dict[str, Any]] = Mapper(mapping, mapped).rows(SESSION, table).to_pylist()
    SESSION.execute(exp.Drop(tables=[exp.to_table(f"{mapped}_0")], kind="VIEW"))
    return rows


def plain(mapping: Mapping, columns: list[str], records: list[list[str | None]]) -> list[Row]:
    """Return the rows of the reference, by position and part."""
    raws = [Raw(n, dict(zip(columns, record, strict=True))) for n, record in enumerate(records, start=1)]
    return sorted(read_records(mapping, raws), key=lambda row: (row.position, row.part))


def assert_same(mapping: Mapping, columns: list[str], records: list[list[str | None]]) -> None:
    """Compare both ways, row by row; of a record with a problem only the first problem counts."""
    fast = compiled(mapping, columns, records)
    faulty: dict[int, int] = {}
    for row in fast:
        if row["reason"] is not None:
            faulty.setdefault(row["position"], row["part"])
    fast = [row for row in fast if faulty.get(row["position"], row["part"]) == row["part"]]
    slow = plain(mapping, columns, records)
    assert [(row["position"], row["part"]) for row in fast] == [(row.position, row.part) for row in slow]
    for quick, told in zip(fast, slow, strict=True):
        if told.problem is not None:
            problem = told.problem
            expected = (problem.reason, problem.field, problem.found, problem.expected)
            assert (quick["reason"], quick["field"], quick["found"], quick["expected"]) == expected
            continue
        assert quick["reason"] is None, quick
        for name, value in told.values.items():
            plain_value = value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
            assert quick[name] == plain_value, name


ACCESS = """
source = "t"
[read]
format = "csv"
[time]
zone = "{zone}"
ambiguous = "{ambiguous}"
nonexistent = "{nonexistent}"
[fields.occurred_at]
from = ["d", "t"]
format = {formats}
plus = "{plus}"
[fields.operator]
from = "o"
pattern = '^(?:DP)?0*([0-9]*)(?:\\s.)?$'
prefix = "D"
[fields.account]
from = "a"
case = "{case}"
missing = ["NONE"]
[fields.subject]
from = ["s1", "s2"]
join = "/"
default = "nobody"
[fields.system]
value = "RMS"
[fields.action]
from = "x"
codes = {{ V = "consultation", U = "alteration", "É" = "erasure" }}
{otherwise}
[fields.channel]
from = "x"
case = "lower"
codes = {{ v = "view", u = "edit", "é" = "api" }}
otherwise = "search"
[fields.outcome]
from = "y"
suffix = "!"
[fields.sequence]
from = "n"
[extra]
keep = ["y", "a"]
"""
COLUMNS = ["d", "t", "o", "a", "s1", "s2", "x", "y", "n"]
FORMATS = [
    '"%d/%m/%Y %H:%M:%S"',
    '"iso8601"',
    '["%-d-%b-%y %-I:%M %p", "%Y%m%d %H%M%S", "%Y-%m-%d %H:%M:%S.%f"]',
    '["epoch_s", "%d %B %Y"]',
    '["epoch_ms", "%Y-%m-%d %H:%M:%S%z"]',
]
NEAR_CHANGES = [
    datetime(2026, 3, 29, 1),
    datetime(2026, 10, 25, 1),
    datetime(2026, 4, 5, 2),
    datetime(2026, 10, 4, 2),
    datetime(2026, 6, 1),
]


@st.composite
def times(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a date and a time, near the changes of the clocks, in one of many spellings, or nonsense."""
    moment = draw(st.sampled_from(NEAR_CHANGES)) + timedelta(
        seconds=draw(st.integers(-9000, 9000)), microseconds=draw(st.sampled_from([0, 1, 250000, 999999]))
    )
    spellings = [
        (moment.strftime("%d/%m/%Y"), moment.strftime("%H:%M:%S")),
        (moment.strftime("%Y-%m-%d"), moment.strftime("%H:%M:%S.%f")),
        (moment.strftime("%Y-%m-%d"), moment.strftime("%H:%M")),
        (
            moment.strftime("%Y-%m-%d"),
            moment.strftime("%H:%M:%S")
            + draw(st.sampled_from(["Z", "+01:00", "-0330", "+14:00", "+05", ",5", ".1234567Z"])),
        ),
        (moment.strftime("%Y-%m-%dT%H:%M:%S") + draw(st.sampled_from(["", "Z", "+01:00"])), ""),
        (str(moment.day) + moment.strftime("-%b-%y").upper(), str(moment.hour % 12 or 12) + moment.strftime(":%M pm")),
        (moment.strftime("%Y%m%d"), moment.strftime("%H%M%S")),
        (moment.strftime("%d %B"), moment.strftime("%Y")),
        (str(int(moment.replace(tzinfo=UTC).timestamp())), ""),
        (str(int(moment.replace(tzinfo=UTC).timestamp() * 1000)), ""),
        ("31/02/2026", "10:00:00"),
        ("2026-02-30", "10:00:00"),
        ("29/02/1900", "24:00:00"),
        ("99999999999999999", ""),
        ("", ""),
        (draw(TEXTS), draw(TEXTS)),
    ]
    return draw(st.sampled_from(spellings))


@st.composite
def records(draw: st.DrawFn) -> list[str | None]:
    """Draw a record, good or odd."""
    date, time = draw(times())
    fields: list[str] = [
        date,
        draw(padded(st.just(time))),
        draw(
            st.one_of(
                st.sampled_from(["DP0042", "7", "DP", "12\u00a0", "9 x", "9\u000bx", "9\u2003x", "٣", "D1"]), TEXTS
            )
        ),
        draw(padded(st.one_of(st.sampled_from(["NONE", "müller", "ÿSTß", "ıİ", 'a\u0001"\\\n\u007f\u2028b']), TEXTS))),
        draw(padded(TEXTS)),
        draw(TEXTS),
        draw(st.sampled_from(["V", "U", "É", "v", " V ", "W", ""])),
        draw(TEXTS),
        draw(st.sampled_from(["", "1", "-5", "007", "1.0", "٣", "1234567890123456", "999999999999999"])),
    ]
    return [field if draw(st.integers(0, 9)) else None for field in fields]


@given(
    rows=st.lists(records(), min_size=8, max_size=30),
    zone=st.sampled_from(["Europe/London", "Australia/Lord_Howe", "America/New_York", "UTC"]),
    ambiguous=st.sampled_from(["quarantine", "first", "second"]),
    nonexistent=st.sampled_from(["quarantine", "forward"]),
    formats=st.sampled_from(FORMATS),
    more=st.tuples(
        st.sampled_from(["0s", "1d", "-90m"]),
        st.sampled_from(["upper", "lower"]),
        st.sampled_from(["", 'otherwise = "collection"']),
    ),
)
@settings(QUICK, max_examples=30)
def test_compiled_accesses_are_those_of_the_reference(rows, zone, ambiguous, nonexistent, formats, more):
    """Whatever the texts, zone and formats, the query and the reference give the same columns or the same problem."""
    mapping = parse_mapping(
        ACCESS.format(
            zone=zone,
            ambiguous=ambiguous,
            nonexistent=nonexistent,
            formats=formats,
            plus=more[0],
            case=more[1],
            otherwise=more[2],
        )
    )
    assert_same(mapping, COLUMNS, rows)


ROSTER = """
source = "t"
yields = "duty"
[read]
format = "csv"
[time]
zone = "Europe/London"
ambiguous = "{ambiguous}"
[fields.person]
from = "staff"
[fields.status]
value = "planned"
[fields.source_fact_id]
from = ["staff", "day"]
join = "-"
[unpivot]
columns = '\\d{{2}}/\\d{{2}}/\\d{{4}}'
name = "day"
value = "code"
skip_missing = {skip}
[shifts]
date = "day"
date_format = "%d/%m/%Y"
code = "code"
[shifts.codes]
E = {{ from = "07:00", to = "16:00", duty = "duty" }}
N = {{ from = "22:00", to = "07:00", duty = "duty" }}
C = {{ from = "01:30", to = "24:00", duty = "court", supervisor_for = "R1" }}
S = [ {{ from = "08:00", to = "12:00", duty = "duty" }}, {{ from = "16:00", to = "20:00", duty = "overtime" }} ]
"-" = []
"""


@given(
    rows=st.lists(
        st.lists(st.sampled_from(["E", "N", "C", "S", "-", "", " E", "Q", None]), min_size=4, max_size=4),
        min_size=1,
        max_size=6,
    ),
    skip=st.sampled_from(["true", "false"]),
    ambiguous=st.sampled_from(["quarantine", "second"]),
)
@QUICK
def test_compiled_rosters_are_those_of_the_reference(rows, skip, ambiguous):
    """Wide rosters of shift codes give the same spells, over the nights when the clocks change too."""
    mapping = parse_mapping(ROSTER.format(skip=skip, ambiguous=ambiguous))
    columns = ["staff", "28/03/2026", "25/10/2026", "31/02/2026"]
    assert_same(mapping, columns, [["D1", *row[1:]] if row[0] != "Q" else [None, *row[1:]] for row in rows])


CHANGES = """
source = "t"
yields = "posting"
[read]
format = "csv"
[time]
zone = "Europe/London"
[fields.person]
from = "who"
[fields.valid_from]
format = "%d/%m/%Y %H:%M"
[fields.unit]
from = "unit"
default = "none"
[fields.role]
from = "role"
[changes]
entity = "who"
field = "what"
value = "new"
at = "when"
attributes = { UNIT = "unit", ROLE = "role" }
ignore = ["PHONE"]
"""


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["D1", "D2", " D1", None]),
            st.sampled_from(["UNIT", "ROLE", "UNIT", "PHONE", "SHOE", None]),
            st.sampled_from(["R1", "R2", "", None]),
            st.sampled_from(
                ["01/10/2026 09:00", "25/10/2026 01:30", "25/10/2026 02:30", "26/10/2026 09:00", "soon", None]
            ),
        ).map(list),
        min_size=1,
        max_size=10,
    )
)
@QUICK
def test_compiled_change_logs_are_those_of_the_reference(rows):
    """Change logs give the same validity, with attributes carried forward, whatever their order and gaps."""
    assert_same(parse_mapping(CHANGES), ["who", "what", "new", "when"], rows)


POSTINGS = """
source = "t"
yields = "posting"
[read]
format = "csv"
[time]
zone = "Europe/London"
[fields.person]
from = "who"
[fields.unit]
from = "unit"
[fields.valid_from]
from = "start"
format = "%d/%m/%Y"
[fields.valid_to]
from = "end"
format = "%d/%m/%Y"
plus = "1d"
missing = ["31/12/9999"]
[fields.withdrawn]
from = "gone"
case = "lower"
"""
DAYS = st.sampled_from(["01/10/2026", "24/10/2026", "25/10/2026", "31/12/9999", "", "32/10/2026"])


@given(
    rows=st.lists(
        st.tuples(
            st.just("D1"), st.sampled_from(["R1", "é\u000b"]), DAYS, DAYS, st.sampled_from(["", "TRUE", "false", "x"])
        ).map(list),
        min_size=8,
        max_size=20,
    )
)
@QUICK
def test_compiled_facts_are_those_of_the_reference(rows):
    """Facts with a validity give the same columns, and the same problem where one ends before it starts."""
    assert_same(parse_mapping(POSTINGS), ["who", "unit", "start", "end", "gone"], rows)


@pytest.mark.parametrize(
    "pattern", [r"a.c", r"\s\S+", r"[\s\d]+x?", r"(a|ab)(c|bcd)?", r"(?P<n>\w+?)\b.*", r"[^a]{1,3}", r"x*?(y?)"]
)
@given(text=st.one_of(st.text("abcdxy1 \t\n\x0b\u00a0é\u0663", max_size=6), TEXTS))
@settings(QUICK, max_examples=10)
def test_patterns_match_alike(pattern, text):
    """A pattern of the common part takes the same group of the same texts in Python and in RE2."""
    toml = ACCESS.format(
        zone="UTC", ambiguous="first", nonexistent="forward", formats='"epoch_s"', plus="0s", case="upper", otherwise=""
    )
    mapping = parse_mapping(toml.replace("'^(?:DP)?0*([0-9]*)(?:\\s.)?$'", f"'{pattern}'"))
    assert_same(mapping, COLUMNS, [["0", "", text, "a", "s", "", "V", "", ""]])
