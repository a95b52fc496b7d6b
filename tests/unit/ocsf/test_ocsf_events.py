"""OCSF events, written for these tests and checked against the published schema."""

from __future__ import annotations

import copy
import gzip
import json
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import BadInput
from custodiet.ingest.ports import NotAudit, SourceRecord
from custodiet.model.access import Access, SubjectKind
from custodiet.sources.ocsf import OcsfSettings, ocsf_source
from custodiet.sources.ocsf.classes import CLASSES

SAMPLES = (Path(__file__).parent / "samples.ndjson").read_bytes()
EVENTS: list[dict[str, Any]] = [json.loads(line) for line in SAMPLES.splitlines()]
ROOT = Path(__file__).resolve().parents[3]
SCHEMA = Path(os.environ.get("CUSTODIET_SHARED_DATA", ROOT.parent / "shared" / "data")) / "ocsf" / "ocsf-1.8.0.json.gz"


def read(content: bytes, given_settings: OcsfSettings | None = None) -> list[SourceRecord | NotAudit]:
    """Return everything that the source says of the content."""
    return list(ocsf_source(given_settings)(BytesIO(content), "events"))


def only(event: Any) -> SourceRecord:
    """Return the one record that an event is."""
    (record,) = read(json.dumps(event).encode())
    assert isinstance(record, SourceRecord)
    return record


def accesses(content: bytes = SAMPLES, given_settings: OcsfSettings | None = None) -> list[Access]:
    """Return the accesses of the content, in order."""
    records = [record for record in read(content, given_settings) if isinstance(record, SourceRecord)]
    assert not [record.problem for record in records if record.problem is not None]
    return [access for record in records for access in record.accesses]


def changed(event: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return a copy of the event with some members replaced; None takes one away."""
    copied = copy.deepcopy(event) | members
    return {name: value for name, value in copied.items() if value is not None}


EXPECTED = """
e1   person   P-17                    consultation  api     success
e1   person   P-18                    consultation  api     success
e2   vehicle  AB12CDE                 alteration    api     failure
e3   table    records.persons         consultation  search  success
e4   item     2026/17.jpg             consultation  view    success
e5   item     case-9                  consultation  view    success
e6   person   P-17                    disclosure    export  success
e6   item     report_3                disclosure    export  success
e7   table    person_search           consultation  search  success
e8   person   P-19                    consultation  view    denied
e9   item     /cases/9/statement.pdf  consultation  export  success
e10  item     f-12                    disclosure    export  success
"""


def test_each_class_tells_what_was_accessed_and_how() -> None:
    """Every sample of every class is the accesses that the table shows."""
    told = [
        (
            a.source_event_id,
            a.subject_kind.value,
            a.subject.replace(" ", "_"),
            a.action.value,
            a.channel.value,
            a.outcome,
        )
        for a in accesses()
    ]
    assert told == [tuple(row.split()) for row in EXPECTED.strip().splitlines()]


def test_people_and_places_come_from_actor_and_endpoint() -> None:
    """The login is the account, the directory's staff number the operator, the endpoint the device."""
    access = accesses()[0]
    assert (access.operator, access.account, access.device, access.session) == ("4127", "clerk7", "desk-7", "s-1")
    assert (access.system, access.sequence) == ("records portal", 1)
    assert access.occurred_at.isoformat() == "2026-11-22T09:00:44.133000+00:00"
    assert accesses()[4].record == "custody-images"


def test_searches_keep_their_terms() -> None:
    """A query's words are search terms, from the query itself or from the address."""
    assert [access.search_terms for access in accesses() if access.search_terms] == [
        "surname = 'SMITH'",
        "name=o'neill",
    ]


def test_settings_say_what_sort_of_subject_a_type_is() -> None:
    """A type that the settings name is that kind; the system can be named too."""
    told = accesses(given_settings=OcsfSettings(system="portal", kinds={"Case": SubjectKind.EVENT}))
    assert [access.subject_kind for access in told if access.subject == "case-9"] == ["event"]
    assert {access.system for access in told} == {"portal"}


@pytest.mark.parametrize(
    ("actor", "operator", "account"),
    [
        ({"user": {"uid": "u-7"}}, None, "u-7"),
        ({"process": {"user": {"name": "svc"}, "pid": 7}}, None, "svc"),
        ({"process": {"name": "cron", "pid": 7}}, None, "cron"),
        ({"invoked_by": "scheduler"}, None, "scheduler"),
        ({"session": {"uid": "s-1"}}, None, "s-1"),
    ],
)
def test_for_lack_of_a_user_what_acted_is_the_account(
    actor: dict[str, Any], operator: str | None, account: str
) -> None:
    """A process, application or session stands for a user who is not named."""
    access = only(changed(EVENTS[0], actor=actor)).accesses[0]
    assert (access.operator, access.account) == (operator, account)


@pytest.mark.parametrize(
    ("members", "reason", "field"),
    [
        ({"class_uid": None}, "unreadable", "class_uid"),
        ({"class_uid": "6003"}, "unreadable", "class_uid"),
        ({"class_uid": True}, "unreadable", "class_uid"),
        ({"time": None}, "missing", "time"),
        ({"time": "2026-11-22T09:00:44Z"}, "bad_time", "time"),
        ({"time": 10**18}, "bad_time", "time"),
        ({"time": None, "time_dt": "2026-11-22T09:00:44"}, "bad_time", "time"),
        ({"actor": None}, "missing", "actor"),
        ({"actor": {"user": {}}}, "missing", "actor"),
        ({"resources": None}, "missing", "resources"),
        ({"resources": [{"type": "Person"}]}, "missing", "resources"),
    ],
)
def test_what_names_no_one_or_nothing_is_quarantined(members: dict[str, Any], reason: str, field: str) -> None:
    """An event without a class, time, actor or resource is kept with the reason."""
    problem = only(changed(EVENTS[0], **members)).problem
    assert problem is not None
    assert (problem.reason, problem.field) == (reason, field)


def test_a_written_time_is_read_where_there_is_no_number() -> None:
    """`time_dt` is the time of events that have no `time`."""
    access = only(changed(EVENTS[0], time=None, time_dt="2026-11-22T10:00:44.132+01:00")).accesses[0]
    assert access.occurred_at.isoformat() == "2026-11-22T09:00:44.132000+00:00"


def test_other_classes_are_counted_apart() -> None:
    """Logins and changes of accounts are no access to records."""
    for class_uid in (3001, 3002, 3005, 4002, 1001):
        (record,) = read(json.dumps(changed(EVENTS[0], class_uid=class_uid)).encode())
        assert isinstance(record, NotAudit)


@pytest.mark.parametrize("class_uid", sorted(CLASSES))
@pytest.mark.parametrize("activity", [0, 99, 1234, None, "2"])
def test_unknown_activities_are_consultations(class_uid: int, activity: object) -> None:
    """An activity that says nothing is the least that can be said, and is never dropped."""
    event = next(event for event in EVENTS if event["class_uid"] == class_uid)
    access = only(changed(event, activity_id=activity)).accesses[0]
    assert (access.action, access.channel) == ("consultation", "api")


def test_an_array_is_read_like_lines() -> None:
    """The same events in one array, indented or not, give the same accesses."""
    for indent in (None, 2):
        assert accesses(json.dumps(EVENTS, indent=indent).encode()) == accesses()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("x = 1", "x"),
        ("[kinds]\nCase = 'file'", "kinds"),
        ("kinds = 3", "kinds"),
        ("system = 3", "system"),
        ("= x", ""),
    ],
)
def test_wrong_settings_are_refused_by_name(tmp_path: Path, text: str, field: str) -> None:
    """Each wrong setting is bad input that names file and field."""
    path = tmp_path / "ocsf.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=f"ocsf.toml.*{field}"):
        OcsfSettings.from_toml(path)


def test_settings_are_read_from_toml(tmp_path: Path) -> None:
    """System and kinds come from the file."""
    path = tmp_path / "ocsf.toml"
    path.write_text('system = "portal"\n[kinds]\nCase = "event"\n')
    assert OcsfSettings.from_toml(path) == OcsfSettings(system="portal", kinds={"Case": SubjectKind.EVENT})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["uid", "name", "user", "url"]), inner),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(sample=st.sampled_from(EVENTS), data=st.data(), value=json_values)
def test_no_shape_breaks_the_source(sample: dict[str, Any], data: st.DataObject, value: Any) -> None:
    """Whatever stands in place of a member, the event is a record or is counted."""
    name = data.draw(st.sampled_from(sorted(sample)))
    content = json.dumps(sample | {name: value}).encode()
    (record,) = read(content)
    assert isinstance(record, NotAudit) or record.original == content


def faults(
    schema: dict[str, Any], value: Any, definition: dict[str, Any], profiles: set[str], where: str
) -> Iterator[str]:
    """Yield what the compiled schema refuses in an object or event."""
    attributes = definition["attributes"]
    for name, attribute in attributes.items():
        applies = attribute.get("profile") is None or attribute["profile"] in profiles
        if applies and attribute["requirement"] == "required" and name not in value:
            yield f"{where}.{name} is required"
    for constraint, names in (definition.get("constraints") or {}).items():
        found = sum(name in value for name in names)
        if (constraint == "at_least_one" and not found) or (constraint == "just_one" and found != 1):
            yield f"{where}: {constraint} of {names}"
    for name, item in value.items():
        if name not in attributes:
            yield f"{where}.{name} is not in the schema"
            continue
        attribute = attributes[name]
        if isinstance(item, list) != attribute["is_array"]:
            yield f"{where}.{name}: array or not"
        for element in item if isinstance(item, list) else [item]:
            yield from attribute_faults(schema, element, attribute, profiles, f"{where}.{name}")


def attribute_faults(
    schema: dict[str, Any], value: Any, attribute: dict[str, Any], profiles: set[str], where: str
) -> Iterator[str]:
    """Yield what the compiled schema refuses in one value."""
    if attribute["type"] in schema["objects"]:
        if isinstance(value, dict):
            yield from faults(schema, value, schema["objects"][attribute["type"]], profiles, where)
        else:
            yield f"{where} is no object"
        return
    kind = schema["types"][attribute["type"]]
    expected = {"integer_t": int, "long_t": int, "boolean_t": bool, "float_t": float}.get(
        kind["type"] or attribute["type"], str
    )
    expected = {"integer_t": int, "long_t": int, "boolean_t": bool, "float_t": float}.get(attribute["type"], expected)
    if attribute["type"] != "json_t" and not isinstance(value, expected):
        yield f"{where} is {type(value).__name__}, not {expected.__name__}"
    if attribute.get("enum") and str(value) not in attribute["enum"]:
        yield f"{where}: {value} is not in the enumeration"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The compiled schema of OCSF 1.8.0."""
    if not SCHEMA.is_file():
        pytest.skip("the folder of third-party data is absent")
    loaded: dict[str, Any] = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    return loaded


def test_the_samples_fit_the_published_schema(schema: dict[str, Any]) -> None:
    """Each sample has what its class requires, with the schema's types and codes, and nothing else."""
    classes = {definition["uid"]: definition for definition in schema["classes"].values()}
    for event in EVENTS:
        profiles = set(event["metadata"]["profiles"])
        definition = classes[event["class_uid"]]
        assert list(faults(schema, event, definition, profiles, definition["name"])) == []
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]


def test_the_check_against_the_schema_catches_faults(schema: dict[str, Any]) -> None:
    """The check itself refuses a missing member, a wrong code, a wrong type and a member that the schema lacks."""
    definition = next(d for d in schema["classes"].values() if d["uid"] == 6003)
    wrongs: list[dict[str, Any]] = [{"severity_id": None}, {"activity_id": 42}, {"time": "now"}, {"extra": 1}]
    for members in [*wrongs, {"src_endpoint": {"ip": "::1"}}, {"resources": {"uid": "P-17"}}]:
        assert list(faults(schema, changed(EVENTS[0], **members), definition, {"host"}, "event")), members


def test_every_activity_of_the_classes_is_mapped(schema: dict[str, Any]) -> None:
    """No activity that the schema knows falls to the default but unknown and other."""
    from custodiet.sources.ocsf.classes import _DEEDS

    for definition in schema["classes"].values():
        if definition["uid"] in CLASSES:
            known = {int(code) for code in definition["attributes"]["activity_id"]["enum"]} - {0, 99}
            assert known == set(_DEEDS[definition["uid"]]), definition["name"]
