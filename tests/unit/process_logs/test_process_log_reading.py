"""Process logs as they are published: messy, and read all the same, or refused with the place that is wrong."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custodiet.errors import BadInput
from custodiet.model.process_log import ABSENT, ProcessLog
from custodiet.sources.process_logs import read
from support.log_files import write_xes
from support.process_logs import permits

HEADER = "case,activity,resource,time\n"


def csv_log(folder: Path, text: str | bytes, mapping: str | None = None, name: str = "log.csv") -> ProcessLog:
    """Return what is read of the text."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    if mapping is None:
        return read(path)
    (folder / "map.toml").write_text(mapping, "utf-8")
    return read(path, folder / "map.toml")


def instants(log: ProcessLog) -> list[str]:
    """Return the instants as text."""
    return [datetime.fromtimestamp(one / 1e6, UTC).isoformat() for one in log.at]


@pytest.mark.parametrize(
    ("texts", "zone", "expected"),
    [
        (["2024-03-05T10:00:00.123+01:00"], "UTC", "2024-03-05T09:00:00.123000+00:00"),
        (["2024-03-05 10:00:00"], "Europe/Amsterdam", "2024-03-05T09:00:00+00:00"),
        (["2024/03/05 10:00:00.500"], "UTC", "2024-03-05T10:00:00.500000+00:00"),
        (["05/03/2024 10:00", "25/03/2024 10:00"], "UTC", "2024-03-05T10:00:00+00:00"),
        (["03/05/2024 10:00 PM", "03/25/2024 1:00 AM"], "UTC", "2024-03-05T22:00:00+00:00"),
        (["5.3.2024 9:05:01"], "UTC", "2024-03-05T09:05:01+00:00"),
        (["05-Mar-2024 10:00:00"], "UTC", "2024-03-05T10:00:00+00:00"),
        (["1709632800"], "UTC", "2024-03-05T10:00:00+00:00"),
        (["1709632800000"], "UTC", "2024-03-05T10:00:00+00:00"),
        (["2024-03-05T10:00:00Z"], "UTC", "2024-03-05T10:00:00+00:00"),
        (["2024-03-05 10:00:00+0100"], "UTC", "2024-03-05T09:00:00+00:00"),
        (["2024-03-05 10:00:00.123456789"], "UTC", "2024-03-05T10:00:00.123456+00:00"),
    ],
)
def test_times_are_read_as_they_are_written(tmp_path: Path, texts: list[str], zone: str, expected: str) -> None:
    """Each usual way to write a time gives its instant, without a format in the mapping."""
    lines = "".join(f"c{number},a,r,{text}\n" for number, text in enumerate(texts))

    assert instants(csv_log(tmp_path, HEADER + lines, f'zone = "{zone}"'))[0] == expected


def test_a_log_that_mixes_day_first_and_month_first_is_refused(tmp_path: Path) -> None:
    """Nothing is guessed where the log contradicts itself."""
    with pytest.raises(BadInput, match="day first"):
        csv_log(tmp_path, HEADER + "1,a,r,25/03/2024 10:00\n2,a,r,03/25/2024 10:00\n")


def test_many_unreadable_times_name_file_line_and_field(tmp_path: Path) -> None:
    """The error leads to the row."""
    with pytest.raises(BadInput) as wrong:
        csv_log(tmp_path, HEADER + "1,a,r,2024-01-01 10:00\n2,a,r,soon\n")

    assert (wrong.value.file, wrong.value.line, wrong.value.field, wrong.value.found) == (
        "log.csv",
        3,
        "time",
        "'soon'",
    )


def test_a_few_unreadable_times_are_left_out_and_said(tmp_path: Path) -> None:
    """One bad row in a hundred does not stop the rest."""
    rows = "".join(f"{number},a,r,2024-01-01 10:00\n" for number in range(100))

    log = csv_log(tmp_path, HEADER + rows + "x,a,r,\n")

    assert len(log) == 100
    assert "1 events were left out: their time cannot be read (the first is in line 102)." in log.notes


def test_semicolons_quotes_over_lines_latin_and_spaces(tmp_path: Path) -> None:
    """A delimiter is found, quoted fields may hold line ends and delimiters, and bytes that are no UTF-8 are read as Latin-1."""
    text = 'Case ID;Activity;Resource;Complete Timestamp\n7;"check;\nagain";"Ren\xe9 van der Berg";2024-01-01 10:00\n'

    log = csv_log(tmp_path, text.encode("latin-1"))

    assert (list(log.actors), list(log.activities)) == (["René van der Berg"], ["check;\nagain"])
    assert "The file is not UTF-8 and was read as Latin-1." in log.notes


def test_a_utf_8_mark_and_gzip_are_no_obstacle(tmp_path: Path) -> None:
    """Spreadsheets write the one, publishers the other."""
    text = "\ufeff" + HEADER + "1,a,r,2024-01-01 10:00\n"

    assert len(csv_log(tmp_path, gzip.compress(text.encode()), name="log.csv.gz")) == 1


def test_what_stands_for_nobody_is_nobody_and_still_a_stage(tmp_path: Path) -> None:
    """An event without a resource is no access, but the case moves on."""
    log = csv_log(tmp_path, HEADER + "1,a,NONE,2024-01-01 10:00\n1,b,,2024-01-01 11:00\n1,c,Unknown,2024-01-01 12:00\n")

    assert list(log.actor) == [ABSENT] * 3
    assert len(log) == 3


def test_machines_are_found_by_name_and_the_mapping_overrules(tmp_path: Path) -> None:
    """A batch account is no person unless the mapping says so, and a person is one unless it says otherwise."""
    text = HEADER + "".join(
        f"1,a,{who},2024-01-01 10:00\n" for who in ("batch_01", "System", "Basil Autumn", "robot 7")
    )

    assert {log_name(csv_log(tmp_path, text), one) for one in csv_log(tmp_path, text).machines} == {
        "batch_01",
        "System",
        "robot 7",
    }
    told = csv_log(tmp_path, text, 'people = ["robot*"]\nnot_people = ["Basil *"]')
    assert {log_name(told, one) for one in told.machines} == {"batch_01", "System", "Basil Autumn"}


def log_name(log: ProcessLog, number: int) -> str:
    """Return the actor's name."""
    return log.actors[number]


def test_days_without_a_time_count_from_the_next_day_on(tmp_path: Path) -> None:
    """Of two events of one day nobody knows which came first."""
    log = csv_log(tmp_path, HEADER + "1,a,r,2024-01-01\n1,b,s,2024-01-01\n")

    assert all(known - at == 86_400_000_000 - 1 for at, known in zip(log.at, log.known, strict=True))


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    """A reader of the message can mend the mapping."""
    with pytest.raises(BadInput) as wrong:
        csv_log(tmp_path, "a,b,c\n1,2,3\n", 'case = "a"\ntime = "b"\nresource = "who"')

    assert (wrong.value.file, wrong.value.field) == ("map.toml", "resource")
    assert "a, b, c" in str(wrong.value)


def test_unusual_names_ask_for_a_mapping(tmp_path: Path) -> None:
    """Without a mapping the columns need usual names."""
    with pytest.raises(BadInput, match="--mapping FILE"):
        csv_log(tmp_path, "a,b,c\n1,2,3\n")


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ('zone = "Europe/Nowhere"', "zone"),
        ('delimiter = ";;"', "delimiter"),
        ('cases = "x"', "cases"),
        ("case = 3", "case"),
    ],
)
def test_a_wrong_mapping_names_its_key(tmp_path: Path, mapping: str, field: str) -> None:
    """Keys that are unknown or hold the wrong thing are refused."""
    with pytest.raises(BadInput) as wrong:
        csv_log(tmp_path, HEADER + "1,a,r,2024-01-01\n", mapping)

    assert wrong.value.field == field


def test_attributes_are_taken_from_the_earliest_row_of_a_case(tmp_path: Path) -> None:
    """What a later row says was not known before."""
    text = "case,resource,time,kind\n1,r,2024-01-02 10:00,late\n1,r,2024-01-01 10:00,early\n2,r,2024-01-01 11:00,late\n"

    log = csv_log(tmp_path, text, 'case_attributes = ["kind"]')

    assert [list(own) for own in log.attributes.values()] == [[0, 1]]
    assert not log.attributes_of_case


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_xes_needs_no_mapping(tmp_path: Path, name: str) -> None:
    """Standard keys are known; nested attributes are no resources; an attributes that may have been written later are not used."""
    events = permits(20)
    responsible = {one.case: one.resource for one in events if one.activity.startswith("check")}

    log = read(write_xes(tmp_path / name, events, responsible))

    assert (len(log), len(log.cases)) == (len(events), 20)
    assert "nested" not in log.actors
    assert (list(log.naming), list(log.attributes), log.attributes_of_case) == ([], [], True)
    assert any("name resources" in note and "responsible" in note for note in log.notes)
    assert any("outcome" in note for note in log.notes)


def test_an_attribute_that_names_resources_is_used_where_the_mapping_lists_it(tmp_path: Path) -> None:
    """Only who knows the log knows that it stood from the beginning; one that is not there is named."""
    events = permits(20)
    path = write_xes(tmp_path / "log.xes", events, {one.case: one.resource for one in events})
    mapping = tmp_path / "map.toml"
    mapping.write_text('case_attributes = ["responsible"]\n', "utf-8")
    assert list(read(path, mapping).naming) == ["responsible"]

    mapping.write_text('case_attributes = ["owner"]\n', "utf-8")
    with pytest.raises(BadInput) as wrong:
        read(path, mapping)
    assert (wrong.value.file, wrong.value.field, wrong.value.found) == ("map.toml", "case_attributes", "'owner'")


def test_xes_that_was_cut_short_is_refused_with_its_line(tmp_path: Path) -> None:
    """Half a file is not taken for a whole one."""
    path = write_xes(tmp_path / "log.xes", permits(3), {})
    path.write_text(path.read_text("utf-8")[:-200], "utf-8")

    with pytest.raises(BadInput, match="no whole XES file") as wrong:
        read(path)

    assert wrong.value.line is not None


def test_xes_without_resources_takes_the_units(tmp_path: Path) -> None:
    """Some bodies publish the department only, and that is said."""
    path = write_xes(tmp_path / "log.xes", permits(3), {})
    path.write_text(path.read_text("utf-8").replace("org:resource", "org:group"), "utf-8")

    assert any("units" in note for note in read(path).notes)


@pytest.mark.parametrize("text", ["", "<log></log>", "case,time,resource\n"])
def test_a_log_without_events_is_refused(tmp_path: Path, text: str) -> None:
    """There is nothing to evaluate."""
    with pytest.raises(BadInput):
        csv_log(tmp_path, text)
