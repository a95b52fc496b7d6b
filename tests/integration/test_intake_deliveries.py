"""Files go through readers, mapping, de-duplication and quarantine into a ledger, and every record is accounted for."""

# ruff: noqa: DTZ001 - instants in DuckDB are UTC without a zone

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from custodiet.app.digest_keys import DigestKeys
from custodiet.app.intake import ByMapping, ByParser, Delivered, Intake, drive, export, quarantined, take_in
from custodiet.engines.intake_quarantine import Quarantine
from custodiet.engines.intake_staging import DuckStager
from custodiet.errors import BadInput, Refused
from custodiet.ingest.identity import content_of, identity_of
from custodiet.ingest.mapping_file import parse_mapping
from custodiet.ingest.ports import NotAudit, SourceRecord
from custodiet.model.access import Access, Action, Channel
from custodiet.model.deliveries import Problem
from custodiet.relations import stored
from custodiet.sources.files.readers import reader_for
from support.folder_ledger import FolderLedger

READ = 'source = "rms"\n[read]\nformat = "csv"\n'
MAPPING = """
[time]
zone = "Europe/London"
[fields.occurred_at]
from = "at"
format = "%d/%m/%Y %H:%M"
[fields.operator]
from = "who"
[fields.subject]
from = "whom"
[fields.system]
value = "RMS"
[fields.action]
from = "op"
codes = { V = "consultation", U = "alteration" }
[fields.channel]
value = "view"
"""
WITH_ID = (
    MAPPING
    + '[fields.source_event_id]\nfrom = "id"\n[fields.sequence]\nfrom = "id"\n[sequence]\nfield = "sequence"\nrhythm = "1d"\n'
)
HEAD = "id,at,who,whom,op\n"


class Bench:
    """A vault's worth of folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = FolderLedger(folder / "ledger")
        self.progress: list[int] = []
        self.intake = Intake(
            ledger=self.ledger,
            quarantine=Quarantine(folder / "quarantine"),
            stager=lambda progress: DuckStager(folder / "staging", progress, workers=2),
            staging=folder / "staging",
            digest_keys=DigestKeys(folder / "digests"),
            received_at=datetime(2026, 11, 1, tzinfo=UTC),
            told=lambda _stage, done, _total: self.progress.append(done),
        )

    def file(self, text: str | bytes, name: str = "export.csv") -> Delivered:
        """Return a delivered file of this content."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Delivered.at(path)

    def take(self, text: str | bytes, mapping: str = WITH_ID, read: str = READ) -> Any:
        """Take one file in and return its report."""
        way = ByMapping(mapping=parse_mapping(read + mapping), reader_for=reader_for)
        return take_in([self.file(text)], way, self.intake)[0]

    def rows(self, typ: str = "access/1") -> list[dict[str, Any]]:
        """Return all rows in the ledger."""
        return [row for path in self.ledger.read().segments(typ) for row in pq.read_table(path).to_pylist()]

    def bodies(self) -> list[dict[str, Any]]:
        """Return all delivery records in the ledger."""
        return [body for _, body in self.ledger.read().records("delivery/1")]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return an empty vault."""
    return Bench(tmp_path)


def counted(report: Any) -> tuple[int, int, int, int]:
    """Return received, accepted, duplicate and quarantined."""
    counts = report.counts
    return counts.received, counts.accepted, counts.duplicate, counts.quarantined


GOOD = HEAD + "1,01/07/2026 09:00,D1,N1,V\n2,01/07/2026 09:01,D1,N2,U\n3,01/07/2026 09:02,D2,N3,V\n"


def test_a_file_becomes_rows_that_keep_what_was_told(bench: Bench):
    """Accepted records are rows with times in UTC, their place in the file and their bytes."""
    assert counted(bench.take(GOOD)) == (3, 3, 0, 0)
    first = bench.rows()[0]
    assert first["occurred_at"] == datetime(2026, 7, 1, 8, 0)
    assert first["occurred_at_text"] == "01/07/2026 09:00"
    assert (first["delivery"], first["position"], first["part"], first["source"]) == ("D000001", 2, 0, "rms")
    assert first["original"] == b"1,01/07/2026 09:00,D1,N1,V"
    assert list(first) == list(stored.ACCESS.names)


def test_identity_and_content_are_those_of_the_plain_reference(bench: Bench):
    """What the engine hashes is what the specification says, in plain Python, control characters and all."""
    bench.take(HEAD + '1,01/07/2026 09:00,"D\x0b\x1f\\u000B\\\\""é",N1,V\n')
    bench.take(HEAD + ",01/07/2026 09:00,D1,N1,V\n,01/07/2026 09:00,D1,N1,V\n", MAPPING)
    rows = bench.rows()
    assert len(rows) == 3
    for row, ordinal in zip(rows, (0, 0, 1), strict=True):
        assert row["content"] == content_of(stored.ACCESS, row)
        assert row["identity"] == identity_of(stored.ACCESS, row, ordinal)


@pytest.mark.parametrize("mapping", [WITH_ID, MAPPING])
def test_a_file_delivered_again_is_all_duplicates(bench: Bench, mapping: str):
    """The second delivery of the same file adds nothing, with event identifiers or without."""
    doubled = GOOD + "3,01/07/2026 09:02,D2,N3,V\n"
    assert bench.take(doubled, mapping).counts.duplicate == (1 if mapping == WITH_ID else 0)
    again = bench.take(doubled, mapping)
    assert counted(again) == (4, 0, 4, 0)
    assert again.warnings == ("Every record of the file was there already.",)
    assert len(bench.rows()) == (3 if mapping == WITH_ID else 4)


def test_two_files_of_one_call_are_held_against_each_other(bench: Bench):
    """A record that came in the first file of a call is a duplicate in the second."""
    way = ByMapping(mapping=parse_mapping(READ + WITH_ID), reader_for=reader_for)
    one, two = bench.file(GOOD, "a.csv"), bench.file(GOOD + "4,01/07/2026 09:03,D2,N3,V\n", "b.csv")
    reports = take_in([one, two], way, bench.intake)
    assert [counted(report) for report in reports] == [(3, 3, 0, 0), (4, 1, 3, 0)]
    assert bench.progress[-1] == 7


def test_a_known_identifier_with_other_content_is_a_conflict(bench: Bench):
    """The first content under an identifier stands; another goes to quarantine, in the same file or a later one."""
    report = bench.take(GOOD + "1,01/07/2026 09:00,D1,N9,V\n")
    assert counted(report) == (4, 3, 0, 1)
    assert counted(bench.take(HEAD + "2,01/07/2026 09:01,D1,N2,V\n")) == (1, 0, 0, 1)
    assert [entry.problem.reason for entry in quarantined(bench.intake)] == ["conflict", "conflict"]
    assert [row["subject"] for row in bench.rows()] == ["N1", "N2", "N3"]


def test_the_record_in_the_ledger_holds_counts_and_no_name(bench: Bench):
    """The delivery's record says what became of the file, and neither its name nor anything found in it."""
    bench.take(GOOD + "4,25/10/2026 01:30,Smith,N1,V\n5,soon,D1,N1,V\n6,01/07/2026 10:00,D1,N1,Q\n,,\n")
    body = bench.bodies()[0]
    assert body["counts"] == {
        "received": 7,
        "accepted": 3,
        "duplicate": 0,
        "quarantined": 4,
        "not_audit": 1,
        "yielded": 3,
    }
    assert {(one["reason"], one["field"]) for one in body["quarantine"]} == {
        ("ambiguous_time", "occurred_at"),
        ("bad_time", "occurred_at"),
        ("unknown_code", "action"),
        ("ragged", None),
    }
    assert "export.csv" not in str(body)
    assert "Smith" not in str(body)


def test_a_file_that_yields_nothing_is_an_error_and_changes_nothing(bench: Bench):
    """A header alone is no success: the call fails and the vault is as before."""
    with pytest.raises(BadInput, match="yields nothing"):
        bench.take(HEAD)
    assert bench.bodies() == []
    assert not (bench.folder / "staging").exists()


def test_a_failure_in_a_later_file_leaves_the_vault_as_before(bench: Bench):
    """All files of a call enter in one commit, or none does; what was in quarantine meanwhile does not show."""
    way = ByMapping(mapping=parse_mapping(READ + WITH_ID), reader_for=reader_for)
    with pytest.raises(BadInput):
        take_in([bench.file(GOOD, "a.csv"), bench.file("id,at\n1,2\n", "b.csv")], way, bench.intake)
    assert bench.ledger.read().size == 0
    assert quarantined(bench.intake) == []


def test_a_kill_before_the_commit_leaves_nothing_to_be_seen(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    """Quarantine that was made durable for a delivery that never was committed is not there, and is written over."""
    way = ByMapping(mapping=parse_mapping(READ + WITH_ID), reader_for=reader_for)
    file = bench.file(GOOD + "5,soon,D1,N1,V\n")
    with monkeypatch.context() as patched:
        patched.setattr("support.folder_ledger.FolderWriter.commit", _killed)
        with pytest.raises(KeyboardInterrupt):
            take_in([file], way, bench.intake)
    assert (bench.folder / "quarantine" / "D000001.parquet").exists()
    assert quarantined(bench.intake) == []
    assert counted(take_in([file], way, bench.intake)[0]) == (4, 3, 0, 1)
    assert len(quarantined(bench.intake)) == 1


def _killed(_writer: object) -> object:
    raise KeyboardInterrupt


def test_missing_numbers_and_silences_are_reported(bench: Bench):
    """Numbers that did not come, within a delivery and since the last one, and silences beyond the rhythm are told."""
    first = bench.take(HEAD + "1,01/07/2026 09:00,D1,N1,V\n4,01/07/2026 09:01,D1,N2,U\n")
    assert [(gap.first, gap.last) for gap in first.record.heard.gaps] == [(2, 3)]
    second = bench.take(HEAD + "8,04/07/2026 09:00,D1,N1,V\n9,04/07/2026 09:01,D1,N2,U\n")
    assert [(gap.first, gap.last) for gap in second.record.heard.gaps] == [(5, 7)]
    assert second.record.heard.silence_count == 1
    assert any("3 running numbers are missing" in warning for warning in second.warnings)
    assert bench.bodies()[1]["gaps"] == [{"first": 5, "last": 7}]


def test_quarantined_records_can_be_exported_mended_and_driven_again(bench: Bench):
    """A mended record enters under a new delivery that names the old, and the old list is empty then."""
    bench.take(GOOD + "4,soon,D1,N1,V\n5,01/07/2026 10:00,D1,N1,Q\n")
    waiting = quarantined(bench.intake, delivery="D000001")
    exported = export(waiting)
    assert exported == (HEAD + "4,soon,D1,N1,V\n5,01/07/2026 10:00,D1,N1,Q\n").encode()
    way = ByMapping(mapping=parse_mapping(READ + WITH_ID), reader_for=reader_for)
    mended = bench.file(exported.replace(b"soon", b"02/07/2026 11:00"), "mended.csv")
    (report,) = drive("D000001", mended, way, bench.intake)
    assert counted(report) == (2, 1, 0, 1)
    assert bench.bodies()[1]["redrives"] == ["D000001"]
    assert [(entry.delivery, entry.problem.found) for entry in quarantined(bench.intake)] == [("D000002", "Q")]
    everything = list(bench.intake.quarantine.entries(["D000001", "D000002"]))
    assert [entry.redriven_in for entry in everything] == ["D000002", "D000002", None]


def test_a_mended_mapping_drives_records_again_as_they_were(bench: Bench):
    """Records that a better mapping can read need no mending of their own."""
    bench.take(GOOD + "4,01/07/2026 10:00,D1,N1,Q\n")
    better = parse_mapping(READ + WITH_ID.replace("{ V =", '{ Q = "consultation", V ='))
    (report,) = drive("D000001", None, ByMapping(mapping=better, reader_for=reader_for), bench.intake)
    assert counted(report) == (1, 1, 0, 0)
    assert quarantined(bench.intake) == []
    with pytest.raises(BadInput, match="No record waits"):
        drive("D000001", None, ByMapping(mapping=better, reader_for=reader_for), bench.intake)
    with pytest.raises(Refused):
        quarantined(bench.intake, delivery="D000009")


@pytest.mark.parametrize(
    ("read", "content"),
    [
        ('format = "csv"\nencoding = "utf-16"\nskip = ["^#"]', ("# é\n" + HEAD + "1,soon,é,N1,V\n").encode("utf-16")),
        ('format = "csv"\nencoding = "cp1252"', (HEAD + '1,soon,"a\nb",N1,V\n').encode("cp1252")),
        ('format = "json"\nrecords = "data.rows"', b'{"data": {"rows": [{"id": "1", "at": "soon", "who": "D1", "whom": "N1", "op": "V"}]}}'),
        ('format = "json_lines"', b'{"id": "1", "at": "soon", "who": "D1", "whom": "N1", "op": "V"}\n'),
        ('format = "xml"\nrecords = "log/event"', b"<log><event><id>1</id><at>soon</at><who>D1</who><whom>N1</whom><op>V</op></event></log>"),
    ],
)  # fmt: skip
def test_records_of_every_form_can_be_driven_again(bench: Bench, read: str, content: bytes):
    """The export of quarantined records is a file that the same mapping reads, whatever the form and encoding."""
    read = READ.replace('format = "csv"', read)
    assert counted(bench.take(content, WITH_ID, read)) == (1, 0, 0, 1)
    mapping = parse_mapping(read + WITH_ID.replace('from = "at"', 'from = "at"\ncase = "lower"'))
    way = ByMapping(mapping=mapping, reader_for=reader_for)
    (report,) = drive("D000001", None, way, bench.intake)
    assert counted(report) == (1, 0, 0, 1)
    (entry,) = quarantined(bench.intake)
    assert (entry.delivery, entry.problem.found) == ("D000002", "soon")


def test_a_roster_yields_a_fact_for_each_cell_and_its_changes_alone_when_it_comes_again(bench: Bench):
    """A wide roster makes a duty of each day; delivered again with one day changed, one new duty enters."""
    mapping = """
[time]
zone = "Europe/London"
[fields.person]
from = "Staff"
[fields.status]
value = "planned"
[unpivot]
columns = '\\d{2}/\\d{2}/\\d{4}'
name = "day"
value = "code"
[shifts]
date = "day"
date_format = "%d/%m/%Y"
code = "code"
[shifts.codes]
E = { from = "07:00", to = "16:00", duty = "duty" }
N = { from = "22:00", to = "07:00", duty = "duty" }
RD = { from = "00:00", to = "24:00", duty = "rest_day" }
"""
    read = 'source = "roster"\nyields = "duty"\n[read]\nformat = "csv"\n'
    roster = "Staff,24/10/2026,25/10/2026\nD1,N,RD\nD2,E,\nD3,,\nD4,E,Q\n"
    report = bench.take(roster, mapping, read)
    assert counted(report) == (3, 2, 0, 1)
    assert (report.counts.yielded, report.counts.not_audit) == (3, 2)
    night = bench.rows("fact/1")[0]
    assert (night["valid_from"], night["valid_to"]) == (datetime(2026, 10, 24, 21), datetime(2026, 10, 25, 7))
    assert night["attributes"] == '{"duty":"duty","status":"planned"}'
    assert list(night) == list(stored.FACT.names)
    again = bench.take(roster.replace("D1,N,RD", "D1,N,E"), mapping, read)
    assert (counted(again), again.counts.yielded) == ((3, 1, 1, 1), 1)


def test_a_change_log_closes_what_it_left_open_when_it_comes_again(bench: Bench):
    """A longer change log restates the last state of each entity, and adds the new one."""
    mapping = """
[time]
zone = "UTC"
[fields.person]
from = "no"
[fields.valid_from]
format = "iso8601"
[fields.unit]
from = "unit"
[fields.role]
from = "role"
[changes]
entity = "no"
field = "what"
value = "new"
at = "when"
attributes = { U = "unit", R = "role" }
"""
    read = 'source = "hr"\nyields = "posting"\n[read]\nformat = "csv"\n'
    log = "no,what,new,when\nD1,U,Response A,2026-01-01\nD1,R,response,2026-02-01\n"
    assert counted(bench.take(log, mapping, read)) == (2, 2, 0, 0)
    assert counted(bench.take(log + "D1,U,Response B,2026-03-01\n", mapping, read)) == (3, 2, 1, 0)
    rows = [
        (row["valid_from"].month, row["valid_to"] and row["valid_to"].month, row["attributes"])
        for row in bench.rows("fact/1")
    ]
    assert rows == [
        (1, 2, '{"unit":"Response A"}'),
        (2, None, '{"role":"response","unit":"Response A"}'),
        (2, 3, '{"role":"response","unit":"Response A"}'),
        (3, None, '{"role":"response","unit":"Response B"}'),
    ]


def told(position: int, number: int, subject: str, *, parts: int = 1) -> SourceRecord:
    """Return a record of a source with a parser of its own."""
    access = [
        Access(
            occurred_at=datetime(2026, 7, 1, 9, number, tzinfo=UTC),
            occurred_at_text=f"09:{number}",
            system="DB",
            action=Action.CONSULTATION,
            channel=Channel.VIEW,
            subject=f"{subject}-{part}",
            account="app",
            source_event_id=f"s-{number}",
        )
        for part in range(parts)
    ]
    return SourceRecord(position=position, original=f"line {number}".encode(), accesses=tuple(access))


def test_a_source_with_a_parser_of_its_own_keeps_the_same_law(bench: Bench):
    """Records are counted, accesses too; duplicates, conflicts and problems go the same ways."""
    bad = SourceRecord(
        position=4, original=b"?", problem=Problem(reason="unreadable", field=None, found=None, expected="SQL")
    )
    records = [
        told(1, 1, "N1", parts=3),
        NotAudit(position=2),
        told(3, 3, "N2"),
        bad,
        told(5, 1, "N1", parts=3),
        told(6, 3, "N9"),
    ]

    def parser(_stream: object, _name: str) -> Any:
        return iter(records)

    way = ByParser(source="pg", parser=parser)
    (report,) = take_in([bench.file(b"log")], way, bench.intake)
    assert counted(report) == (5, 2, 1, 2)
    assert (report.counts.yielded, report.counts.not_audit) == (4, 1)
    assert [(row["position"], row["part"], row["subject"]) for row in bench.rows()] == [
        (1, 0, "N1-0"),
        (1, 1, "N1-1"),
        (1, 2, "N1-2"),
        (3, 0, "N2-0"),
    ]
    again = take_in([bench.file(b"log")], way, bench.intake)[0]
    assert counted(again) == (5, 0, 3, 2)


def test_many_batches_give_the_same_as_one(bench: Bench):
    """Rows of a large file come in file order, however many batches were at work at once."""
    lines = [
        f"{n},{1 + n % 28:02d}/07/2026 {n % 24:02d}:{n % 60:02d},D{n % 97},N{n % 1009},{'VUQ'[n % 3]}"
        for n in range(60_000)
    ]
    report = bench.take(HEAD + "\n".join(lines) + "\n")
    assert counted(report) == (60_000, 40_000, 0, 20_000)
    positions = [row["position"] for row in bench.rows()]
    assert positions == sorted(positions)
    assert len(set(positions)) == 40_000


def test_what_a_writer_cut_short_left_in_quarantine_is_not_the_next_deliverys(bench: Bench, tmp_path: Path):
    """A delivery that never came to be gives its name to the next, but neither its records nor its marks."""
    bench.take(GOOD + "4,soon,D1,N1,V\n")
    left = bench.take(HEAD + "5,soon,D1,N1,V\n").delivery
    bench.intake.quarantine.mark_redriven(quarantined(bench.intake, delivery="D000001"), left)
    state = json.loads((tmp_path / "ledger" / "ledger.json").read_text())
    kept = [item for item in state if all(body["delivery"] != left for body in item.get("bodies", ()))]
    (tmp_path / "ledger" / "ledger.json").write_text(json.dumps(kept))  # as if the writer was killed before its commit
    assert bench.take(HEAD + "6,01/07/2026 12:00,D1,N1,V\n").delivery == left
    assert [entry.original[:1] for entry in quarantined(bench.intake)] == [b"4"]


def test_records_driven_again_are_no_gap_and_those_left_out_are_told(bench: Bench):
    """The numbers between mended records came with their delivery; a mended file that lacks records is pointed at."""
    bench.take(GOOD + "4,soon,D1,N1,V\n5,01/07/2026 10:00,D1,N1,V\n6,soon,D1,N1,V\n7,soon,D1,N1,V\n")
    way = ByMapping(mapping=parse_mapping(READ + WITH_ID), reader_for=reader_for)
    mended = bench.file(HEAD + "4,02/07/2026 11:00,D1,N1,V\n7,09/07/2026 11:00,D1,N1,V\n", "mended.csv")
    (report,) = drive("D000001", mended, way, bench.intake)
    assert (report.record.heard.missing, report.record.heard.silence_count) == (0, 0)
    assert report.warnings == (
        "3 records waited and the file has 2: those of D000001 that it lacks are no longer listed.",
    )


def test_a_file_name_that_is_no_text_is_taken_in(bench: Bench):
    """A name is bytes to the system; one in another encoding keeps nobody from taking the file in."""
    path = os.path.join(os.fsencode(bench.folder), b"acc\xe8s.csv")  # noqa: PTH118 - bytes, which Path does not take
    Path(os.fsdecode(path)).write_bytes((HEAD + "1,soon,D1,N1,V\n").encode())
    way = ByMapping(mapping=parse_mapping(READ + WITH_ID), reader_for=reader_for)
    (report,) = take_in([Delivered.at(Path(os.fsdecode(path)))], way, bench.intake)
    assert report.label == "acc\ufffds.csv"
    assert quarantined(bench.intake)[0].file_name == report.label


def test_a_character_over_the_end_of_what_is_searched_for_the_header_is_read(bench: Bench):
    """The header is looked for in the first mebibyte, which may end between the halves of a UTF-16 character."""
    first = HEAD + "1,01/07/2026 09:00,"
    filled = first + "D" * ((1 << 19) - 2 - len(first)) + "\U0001f600,N1,V\n"
    read = READ.replace('"csv"', '"csv"\nencoding = "utf-16"')
    assert counted(bench.take(b"\xff\xfe" + filled.encode("utf-16-le"), WITH_ID, read)) == (1, 1, 0, 0)


def test_a_reader_that_gives_two_records_one_position_is_stopped(bench: Bench):
    """Rows are told apart by position: with two of one position, some would be lost without a word."""
    record = SourceRecord(position=1, original=b"x", problem=Problem(reason="r", field=None, found=None, expected="e"))
    way = ByParser(source="s", parser=lambda _stream, _name: iter([record, record]))
    with pytest.raises(ValueError, match="one position"):
        take_in([bench.file("x")], way, bench.intake)


@pytest.mark.parametrize("encoding", ["Shift_JIS", "klingon"])
def test_an_xml_encoding_that_cannot_be_read_is_bad_input(bench: Bench, encoding: str):
    """What the parser does not know is the document's fault, and said so."""
    content = f'<?xml version="1.0" encoding="{encoding}"?><log><event/></log>'
    with pytest.raises(BadInput, match="encoding"):
        bench.take(content, MAPPING, 'source = "rms"\n[read]\nformat = "xml"\nrecords = "log/event"\n')
