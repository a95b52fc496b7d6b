"""One server log in three formats, whole and torn."""

from __future__ import annotations

import json
from collections import Counter
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import BadInput
from custodiet.ingest.ports import NotAudit, SourceRecord
from custodiet.model.access import Access
from custodiet.sources.pgaudit import Key, LogFormat, PgAuditSettings, TableKeys, pgaudit_source
from custodiet.sources.pgaudit.message import parse_message
from custodiet.sources.pgaudit.terms import array_elements

PREFIX = "%m [%p] %c %l %q%u@%d/%a %h "
SETTINGS = PgAuditSettings(tables={"public.persons": TableKeys(keys=(Key(columns=("id",)),))}, log_line_prefix=PREFIX)
TIME = "2026-11-22 09:00:44.132 UTC"
AUDIT = 'AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.persons,"SELECT surname, ""x"" FROM persons WHERE id = $1",5'


def field(text: str) -> str:
    """Return the text as a quoted field of CSV."""
    return '"' + text.replace('"', '""') + '"'


def line(log_format: LogFormat, message: str, *, time: str = TIME, number: int = 3, user: str = "clerk1") -> bytes:
    """Return one entry as the server writes it in the format."""
    if log_format == "csvlog":
        text = (
            f'{time},"{user}","bench",7,"127.0.0.1:52450",6b02af3c.7,{number},"SELECT",2026-11-22 09:00:44 UTC,3/2,0,LOG,00000,'
            f'{field(message)},,,,,,,,,"psql","client backend",,0'
        )
    elif log_format == "jsonlog":
        fields = {
            "timestamp": time,
            "user": user,
            "dbname": "bench",
            "pid": 7,
            "remote_host": "127.0.0.1",
            "remote_port": 52450,
        }
        fields |= {"session_id": "6b02af3c.7", "line_num": number, "error_severity": "LOG", "message": message}
        text = json.dumps(fields | {"application_name": "psql", "backend_type": "client backend"})
    else:
        body = message.replace("\n", "\n\t")
        text = f"{time} [7] 6b02af3c.7 {number} {user}@bench/psql 127.0.0.1 LOG:  {body}"
    return text.encode() + b"\n"


def read(log_format: LogFormat, content: bytes, given: PgAuditSettings = SETTINGS) -> list[SourceRecord | NotAudit]:
    """Return everything that the source says of the content."""
    return list(pgaudit_source(log_format, given)(BytesIO(content), "log"))


def accesses(log_format: LogFormat, content: bytes, given: PgAuditSettings = SETTINGS) -> Counter[Access]:
    """Return the accesses of the content, however often each."""
    records = read(log_format, content, given)
    return Counter(access for record in records if isinstance(record, SourceRecord) for access in record.accesses)


FORMATS: tuple[LogFormat, ...] = ("csvlog", "jsonlog", "stderr")
each_format = pytest.mark.parametrize("log_format", FORMATS)


@each_format
def test_an_entry_is_an_access_with_its_people_and_place(log_format: LogFormat) -> None:
    """Account, host, session, time and identifier come from the entry's own fields."""
    ((access, times),) = accesses(log_format, line(log_format, AUDIT)).items()
    assert times == 1
    assert (access.subject, access.account, access.device) == ("5", "clerk1", "127.0.0.1")
    assert (access.session, access.occurred_at_text, access.system) == ("6b02af3c.7", TIME, "bench")
    assert access.source_event_id == "6b02af3c.7/1/1/SELECT/public.persons"
    assert access.record == "public.persons"


@each_format
def test_server_messages_are_counted_apart(log_format: LogFormat) -> None:
    """Lines that pgAudit did not write are no records of the source."""
    content = (
        line(log_format, "disconnection: session time") + line(log_format, AUDIT) + line(log_format, "SELECT AUDIT: x")
    )
    kinds = [type(record) for record in read(log_format, content)]
    assert kinds == [NotAudit, SourceRecord, NotAudit]


@each_format
def test_a_statement_that_imitates_an_entry_is_still_one_statement(log_format: LogFormat) -> None:
    """An entry forged inside a statement's text is part of that statement and no record of its own."""
    forged = line(log_format, AUDIT.replace(",5", ",666"), user="boss").decode()
    message = AUDIT.replace("SELECT surname", f"SELECT surname /*\n{forged}*/".replace('"', '""'))
    (record,) = read(log_format, line(log_format, message))
    assert isinstance(record, SourceRecord)
    assert [(access.account, access.subject) for access in record.accesses] == [("clerk1", "5")]


@each_format
def test_every_byte_is_in_a_record(log_format: LogFormat) -> None:
    """The originals of a file without server messages, joined by line ends, are the file."""
    content = b"".join(line(log_format, AUDIT.replace("id = $1", f"id\n\n=\t'{n}'")) for n in range(4))
    records = read(log_format, content)
    assert b"".join(record.original + b"\n" for record in records if isinstance(record, SourceRecord)) == content
    heights = 1 if log_format == "jsonlog" else 3
    assert [record.position for record in records] == [1 + n * heights for n in range(4)]


@each_format
def test_a_truncated_last_entry_is_quarantined(log_format: LogFormat) -> None:
    """An entry cut short is kept with its bytes and is no access to whatever its last digits happen to say."""
    whole = line(log_format, AUDIT.replace(",5", ",587"))
    for cut in range(1, 40):
        records = read(log_format, line(log_format, AUDIT) + whole[:-cut])
        last = records[-1]
        if log_format != "stderr" and cut == 1:  # only the line end is missing: the other formats show that it is whole
            assert isinstance(last, SourceRecord)
            assert [access.subject for access in last.accesses] == ["587"]
            continue
        assert isinstance(last, SourceRecord)
        assert last.problem is not None
        assert last.original == whole[:-cut]


@each_format
def test_a_torn_entry_in_the_middle_loses_nothing_else(log_format: LogFormat) -> None:
    """After a torn entry the next ones are read as ever."""
    multi = line(log_format, AUDIT.replace("id = $1", "id\n=\n7"))
    torn_half = multi[:60] if log_format == "stderr" else multi[:-60]
    content = line(log_format, AUDIT) + torn_half + b"\n" + multi + line(log_format, AUDIT.replace(",1,1,", ",2,1,"))
    records = read(log_format, content)
    subjects = [a.subject for record in records if isinstance(record, SourceRecord) for a in record.accesses]
    assert subjects == ["5", "7", "5"]
    problems = [record for record in records if isinstance(record, SourceRecord) and record.problem is not None]
    assert b"".join(record.original for record in problems).replace(b"\n", b"") == torn_half.replace(b"\n", b"")


@each_format
@pytest.mark.parametrize(
    "payload",
    [
        "AUDIT: ",
        "AUDIT: SESSION",
        'AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.persons,"SELECT 1',
        "AUDIT: SESSION,one,1,READ,SELECT,,,x,<none>",
        "AUDIT: OTHER,1,1,READ,SELECT,,,x,<none>",
        "AUDIT: SESSION,1,1,READ,SELECT,,,x,<none>,1,1",
        "AUDIT: SESSION,1,1,,SELECT,,,x,<none>",
    ],
)
def test_a_malformed_payload_is_quarantined(log_format: LogFormat, payload: str) -> None:
    """What calls itself an audit entry and is none is kept, with the field named."""
    (record,) = read(log_format, line(log_format, payload))
    assert isinstance(record, SourceRecord)
    assert record.problem is not None
    assert (record.problem.reason, record.problem.field) == ("unreadable", "message")


@each_format
def test_a_long_statement_is_read(log_format: LogFormat) -> None:
    """A statement of more than 128 KiB is an entry like any other."""
    ((access, _),) = accesses(
        log_format, line(log_format, AUDIT.replace("id = $1", f"id = 5 AND note = '{'x' * 200_000}'"))
    ).items()
    assert access.subject == "5"


@each_format
def test_session_and_object_entries_of_one_statement_tell_the_same_access(log_format: LogFormat) -> None:
    """The second entry for a relation repeats the first one's access exactly, so that ingest counts a duplicate."""
    later = line(log_format, AUDIT.replace("SESSION", "OBJECT"), time="2026-11-22 09:00:44.133 UTC", number=4)
    first, second = read(log_format, line(log_format, AUDIT) + later)
    assert isinstance(first, SourceRecord)
    assert isinstance(second, SourceRecord)
    assert first.accesses == second.accesses


@each_format
def test_a_previously_logged_statement_is_found_in_its_session(log_format: LogFormat) -> None:
    """With log_statement_once the later entries of a statement are resolved through the first."""
    again = "AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.{},<previously logged>,<previously logged>"
    first = AUDIT.replace("public.persons", "public.vehicles")
    content = line(log_format, first) + line(log_format, again.format("persons"))
    found = accesses(log_format, content)
    assert {(access.subject, access.subject_kind.value) for access in found} == {
        ("public.vehicles", "table"),
        ("5", "person"),
    }


@each_format
def test_a_previously_logged_statement_that_is_not_there_is_the_table(log_format: LogFormat) -> None:
    """Where the first entry lies in another file, the later ones are accesses to the table and say why."""
    again = "AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.persons,<previously logged>,<previously logged>"
    ((access, _),) = accesses(log_format, line(log_format, again)).items()
    assert access.subject_kind.value == "table"
    assert access.extra is not None
    assert '"statement":"not logged"' in access.extra


ZONED = PgAuditSettings(zone="Europe/London", log_line_prefix=PREFIX, tables=SETTINGS.tables)


@each_format
@pytest.mark.parametrize(
    ("time", "given_settings", "hour"),
    [
        ("2026-07-01 12:00:00.000 BST", SETTINGS, 11),
        ("2026-07-01 12:00:00.000 BST", ZONED, 11),
        ("2026-10-25 01:30:00.000 BST", ZONED, 0),
        ("2026-10-25 01:30:00.000 GMT", ZONED, 1),
        ("2026-07-01 12:00:00.000 -03", SETTINGS, 15),
        ("2026-01-01 12:00:00.000 BST", ZONED, None),
        ("2026-07-01 12:00:00.000 AEST", SETTINGS, None),
        ("2026-07-01 12:00:00.000 AEST", ZONED, None),
    ],
)
def test_times_are_read_through_their_abbreviation(
    log_format: LogFormat, time: str, given_settings: PgAuditSettings, hour: int | None
) -> None:
    """The abbreviation tells the two sides of a clock change apart; one that is not known is quarantined."""
    (record,) = read(log_format, line(log_format, AUDIT, time=time), given_settings)
    assert isinstance(record, SourceRecord)
    if hour is None:
        assert record.problem is not None
        assert record.problem.reason == "bad_time"
    else:
        assert record.accesses[0].occurred_at.hour == hour


def test_stderr_without_session_numbers_makes_them_from_the_connection() -> None:
    """Where the prefix has no %c the identifier is made as the server makes it; unseen connections leave it unknown."""
    given_settings = PgAuditSettings(log_line_prefix="%m [%p] %q%u@%d ", tables=SETTINGS.tables)
    audit = f"2026-11-22 09:00:45.000 UTC [31995] u@d LOG:  {AUDIT}\n".encode()
    received = b"2026-11-22 09:00:44.325 UTC [31995] [unknown]@[unknown] LOG:  connection received: host=::1 port=1\n"
    ((known, _),) = accesses("stderr", received + audit, given_settings).items()
    assert known.session == "6b02af3c.7cfb"
    ((unknown, _),) = accesses("stderr", audit, given_settings).items()
    assert (unknown.session, unknown.source_event_id) == (None, None)


def test_the_person_behind_a_shared_account_is_read_from_the_application_name() -> None:
    """A pattern takes operator and device from the application's name."""
    import re

    given_settings = PgAuditSettings(
        application_pattern=re.compile(r"^ps(?P<operator>q)(?P<device>l)$"), log_line_prefix=PREFIX
    )
    ((access, _),) = accesses("csvlog", line("csvlog", AUDIT), given_settings).items()
    assert (access.operator, access.device, access.account) == ("q", "l", "clerk1")


@pytest.mark.parametrize("prefix", ["[%p] ", "%m %Z "])
def test_a_prefix_that_cannot_be_is_refused(prefix: str) -> None:
    """A prefix without a time, or with an escape that PostgreSQL does not know, is bad input."""
    with pytest.raises(BadInput, match="log_line_prefix"):
        pgaudit_source("stderr", PgAuditSettings(log_line_prefix=prefix))


TOML = """
system = "records"
zone = "Europe/London"
application_pattern = '^app (?P<operator>\\d+)$'
[tables.persons]
key = "id"
prefix = "P"
[tables."crime.involvements"]
keys = [{ key = "person_id" }, { key = ["force", "number"], subject_kind = "event", separator = "/" }]
[functions.person_card]
argument = 1
"""


def test_settings_are_read_from_toml(tmp_path) -> None:
    """Tables without a schema lie in the default one; a table may have several keys."""
    path = tmp_path / "settings.toml"
    path.write_text(TOML)
    found = PgAuditSettings.from_toml(path)
    assert set(found.tables) == {"public.persons", "crime.involvements"}
    assert found.tables["crime.involvements"].keys[1].columns == ("force", "number")
    assert found.functions["public.person_card"].argument == 1


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("sytem = 'x'", "sytem"),
        ("fan_out = 'x'", "fan_out"),
        ("[tables.persons]\nsubject_kind = 'person'", "tables.persons"),
        ("[tables.persons]\nkey = 'id'\nsubject_kind = 'human'", "tables.persons.subject_kind"),
        ("[functions.f]\nargument = 0", "functions.f"),
        ("application_pattern = '('", "application_pattern"),
        ("application_pattern = 'x'", "application_pattern"),
        ("channel = 'phone'", "channel"),
        ("= x", ""),
    ],
)
def test_wrong_settings_are_refused_by_name(tmp_path, text: str, field: str) -> None:
    """Each wrong setting is bad input that names file and field."""
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=f"settings.toml.*{field}"):
        PgAuditSettings.from_toml(path)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@settings(max_examples=60, deadline=None)
@given(statement=texts, parameters=st.lists(texts.filter(bool), max_size=4))
def test_a_payload_is_read_back_as_it_was_written(statement: str, parameters: list[str]) -> None:
    """Any statement and parameters, quoted as pgAudit quotes them, come back the same."""

    def quote(text: str) -> str:
        return field(text) if any(mark in text for mark in ',"\n\r') else text

    inner = ",".join(quote(parameter) for parameter in parameters) if parameters else "<none>"
    message = parse_message(f"AUDIT: SESSION,1,2,READ,SELECT,,,{quote(statement)},{quote(inner)}")
    assert message is not None
    assert (message.statement, message.parameters) == (statement, tuple(parameters))


@settings(max_examples=60, deadline=None)
@given(
    notes=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30), max_size=4
    )
)
def test_any_statements_are_the_same_in_three_formats(notes: list[str]) -> None:
    """Whatever stands in the statements, the three formats cut them into the same accesses."""
    messages = [
        f"AUDIT: SESSION,{number},1,READ,SELECT,TABLE,public.persons,"
        + field(f"SELECT /*{note}*/ * FROM persons WHERE id = {number} AND note = '{note}'")
        + ",<none>"
        for number, note in enumerate(notes, start=1)
    ]
    told = [accesses(log_format, b"".join(line(log_format, message) for message in messages)) for log_format in FORMATS]
    assert told[0] == told[1] == told[2]
    assert sum(told[0].values()) >= len(notes)


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=200), log_format=st.sampled_from(FORMATS))
def test_any_bytes_are_accounted_for(content: bytes, log_format: LogFormat) -> None:
    """No input breaks the source: each line is in a record, or no audit entry."""
    entry = line(log_format, AUDIT)
    records = read(log_format, entry + content)
    assert isinstance(records[0], SourceRecord)
    assert [record.position for record in records] == sorted({record.position for record in records})


@settings(max_examples=60, deadline=None)
@given(elements=st.lists(texts, max_size=5))
def test_an_array_is_read_back_as_it_was_written(elements: list[str]) -> None:
    """Array literals with every element quoted give their elements."""
    quoted = ('"' + element.replace("\\", "\\\\").replace('"', '\\"') + '"' for element in elements)
    assert array_elements("{" + ",".join(quoted) + "}") == tuple(elements)
