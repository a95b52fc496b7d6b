"""AuditEvents of five versions, written for these tests in the published structure of each."""

from __future__ import annotations

import base64
import copy
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import BadInput
from custodiet.ingest.ports import NotAudit, SourceRecord
from custodiet.model.access import Access
from custodiet.sources.fhir import FhirSettings, fhir_source

REST = "http://terminology.hl7.org/CodeSystem/audit-event-type"
RESTFUL = "http://hl7.org/fhir/restful-interaction"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

R4: dict[str, Any] = {
    "resourceType": "AuditEvent",
    "id": "e4",
    "type": {"system": REST, "code": "rest"},
    "subtype": [{"system": RESTFUL, "code": "read"}],
    "action": "R",
    "recorded": "2026-11-22T09:00:44.132+00:00",
    "outcome": "0",
    "purposeOfEvent": [{"coding": [{"system": REASON, "code": "TREAT"}], "text": "clinic today"}],
    "agent": [
        {
            "type": {"coding": [{"system": DCM, "code": "110150"}]},
            "who": {"reference": "Device/tablet"},
            "requestor": False,
            "network": {"address": "10.0.0.7", "type": "2"},
        },
        {
            "type": {"coding": [{"code": "humanuser"}]},
            "who": {"identifier": {"value": "nurse7"}},
            "altId": "DOMAIN\\nurse7",
            "requestor": True,
        },
    ],
    "source": {"observer": {"display": "ward system"}},
    "entity": [
        {
            "what": {"reference": "Patient/17/_history/3"},
            "type": {"code": "1"},
            "role": {"code": "1"},
        },
        {"what": {"reference": "Observation/9"}, "type": {"code": "2"}, "role": {"code": "4"}},
    ],
}

R5: dict[str, Any] = {
    "resourceType": "AuditEvent",
    "id": "e5",
    "category": [{"coding": [{"system": REST, "code": "rest"}]}],
    "code": {"coding": [{"system": RESTFUL, "code": "read"}]},
    "action": "R",
    "severity": "informational",
    "occurredDateTime": "2026-11-22T09:00:44.132Z",
    "recorded": "2026-11-22T09:00:45Z",
    "outcome": {"code": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-outcome", "code": "0"}},
    "authorization": [{"coding": [{"system": REASON, "code": "TREAT"}], "text": "clinic today"}],
    "patient": {"reference": "Patient/17"},
    "agent": [
        {
            "type": {"coding": [{"code": "humanuser"}]},
            "who": {"identifier": {"value": "nurse7"}},
            "requestor": True,
            "networkString": "10.0.0.7",
        }
    ],
    "source": {"site": {"display": "ward"}, "observer": {"display": "ward system"}},
    "entity": [
        {"what": {"reference": "Observation/9"}, "role": {"coding": [{"code": "4"}]}},
    ],
}

DSTU2: dict[str, Any] = {
    "resourceType": "AuditEvent",
    "id": "e2",
    "event": {
        "type": {"system": REST, "code": "rest"},
        "subtype": [{"code": "read"}],
        "action": "R",
        "dateTime": "2026-11-22T09:00:44.132Z",
        "outcome": "0",
        "purposeOfEvent": [{"system": REASON, "code": "TREAT"}],
    },
    "participant": [
        {
            "userId": {"value": "nurse7"},
            "altId": "DOMAIN\\nurse7",
            "requestor": True,
            "network": {"address": "10.0.0.7", "type": "2"},
        }
    ],
    "source": {"identifier": {"value": "ward system"}},
    "object": [
        {"reference": {"reference": "Patient/17"}, "type": {"code": "1"}, "role": {"code": "1"}},
        {"reference": {"reference": "Observation/9"}, "type": {"code": "2"}, "role": {"code": "4"}},
    ],
}

STU3: dict[str, Any] = {
    "resourceType": "AuditEvent",
    "id": "e3",
    "type": {"system": REST, "code": "rest"},
    "subtype": [{"code": "read"}],
    "action": "R",
    "recorded": "2026-11-22T09:00:44.132Z",
    "outcome": "0",
    "purposeOfEvent": [{"coding": [{"system": REASON, "code": "TREAT"}]}],
    "agent": DSTU2["participant"],
    "source": {"identifier": {"value": "ward system"}},
    "entity": DSTU2["object"],
}
VERSIONS = {"DSTU2": DSTU2, "STU3": STU3, "R4": R4, "R5": R5}
each_version = pytest.mark.parametrize("version", VERSIONS)


def read(content: bytes, given_settings: FhirSettings | None = None) -> list[SourceRecord | NotAudit]:
    """Return everything that the source says of the content."""
    return list(fhir_source(given_settings)(BytesIO(content), "events"))


def only(resource: dict[str, Any]) -> SourceRecord:
    """Return the one record that a resource is."""
    (record,) = read(json.dumps(resource).encode())
    assert isinstance(record, SourceRecord)
    return record


def accesses(resource: dict[str, Any]) -> tuple[Access, ...]:
    """Return the accesses of a resource that is accepted."""
    record = only(resource)
    assert record.problem is None
    return record.accesses


def changed(resource: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return a copy of the resource with some members replaced; None takes one away."""
    copied = copy.deepcopy(resource) | members
    return {name: value for name, value in copied.items() if value is not None}


@each_version
def test_the_versions_tell_the_same_access(version: str) -> None:
    """One read of one patient's record is the same access in every version."""
    (access,) = accesses(VERSIONS[version])
    assert (access.subject, access.subject_kind, access.record) == ("Patient/17", "person", "Observation/9")
    assert (access.operator, access.device, access.system) == ("nurse7", "10.0.0.7", "ward system")
    assert (access.action, access.channel, access.outcome) == ("consultation", "view", "success")
    assert access.purpose_code == "TREAT"
    assert access.occurred_at.isoformat() == "2026-11-22T09:00:44.132000+00:00"
    assert f'"fhir":"{version}"' in (access.extra or "")
    assert access.source_event_id == VERSIONS[version]["id"]


REQUIRED_R5 = {
    "": {"code", "recorded", "agent", "source"},
    "outcome": {"code"},
    "agent": {"who"},
    "source": {"observer"},
}
ALLOWED_R5 = {
    "": "resourceType id meta text contained extension category code action severity occurredPeriod occurredDateTime recorded "
    "outcome authorization basedOn patient encounter agent source entity",
    "agent": "type role who requestor location policy networkReference networkUri networkString authorization extension",
    "source": "site observer type extension",
    "entity": "what role securityLabel query detail agent extension",
    "outcome": "code detail extension",
}


def test_the_r5_sample_has_the_published_structure() -> None:
    """The sample has every element that R5 requires and none that R5 lacks."""
    places = {
        "": [R5],
        "agent": R5["agent"],
        "source": [R5["source"]],
        "entity": R5["entity"],
        "outcome": [R5["outcome"]],
    }
    for name, objects in places.items():
        for value in objects:
            assert set(value) >= REQUIRED_R5.get(name, set()), name
            assert set(value) <= set(ALLOWED_R5[name].split()), name


def test_the_alternative_identifier_is_the_account() -> None:
    """`altId` is the login that the person used."""
    assert accesses(R4)[0].account == "DOMAIN\\nurse7"


def test_several_patients_are_several_accesses() -> None:
    """Each patient that the event names was looked at; versions of one resource are one patient."""
    more = [{"what": {"reference": f"Patient/{number}"}} for number in ("17", "18", "17/_history/9")]
    assert [access.subject for access in accesses(changed(R4, entity=more))] == ["Patient/17", "Patient/18"]


def test_without_a_patient_the_thing_itself_was_opened() -> None:
    """A record of nobody in particular is an item."""
    ((access),) = accesses(changed(R4, entity=[{"what": {"reference": "List/1"}}]))
    assert (access.subject, access.subject_kind, access.record) == ("List/1", "item", None)


@pytest.mark.parametrize(
    ("query", "subject"),
    [
        ("http://host/fhir/Encounter?participant=13", "Encounter"),
        ("GET host/r4/Observation?code=1", "Observation"),
        ("POST /r4/Observation/_search HTTP/1.1", "query"),
        ("<PRPA/>", "query"),
        ("http://[host", "query"),
    ],
)
def test_a_search_stays_visible_as_what_was_searched(query: str, subject: str) -> None:
    """A query that names no patient is an access to the kind of resource, with its words as search terms."""
    entity = {"query": base64.b64encode(query.encode()).decode(), "role": {"code": "24"}}
    (access,) = accesses(changed(R4, action="E", subtype=[{"code": "search"}], entity=[entity]))
    assert (access.subject, access.subject_kind, access.channel) == (subject, "table", "search")
    assert access.search_terms == query


@pytest.mark.parametrize(
    ("members", "action", "channel"),
    [
        ({"action": "C"}, "collection", "edit"),
        ({"action": "U"}, "alteration", "edit"),
        ({"action": "D"}, "erasure", "edit"),
        ({"action": "E"}, "consultation", "view"),
        ({"action": None, "subtype": [{"code": "patch"}]}, "alteration", "edit"),
        ({"action": None, "subtype": None}, "consultation", "view"),
        ({"type": {"system": DCM, "code": "110106"}}, "disclosure", "export"),
        ({"subtype": [{"code": "disclose"}]}, "disclosure", "export"),
        ({"type": {"system": DCM, "code": "110107"}, "subtype": [{"code": "disclose"}]}, "collection", "edit"),
        ({"type": {"system": DCM, "code": "110112"}}, "consultation", "search"),
    ],
)
def test_codes_decide_action_and_channel(members: dict[str, Any], action: str, channel: str) -> None:
    """The kind of event says more than C, R, U, D or E."""
    (access,) = accesses(changed(R4, **members))
    assert (access.action, access.channel) == (action, channel)


def test_a_disclosure_names_its_recipient() -> None:
    """The destination of an export is to whom it was disclosed; without an export it is nobody."""
    destination = {"type": {"coding": [{"code": "110152"}]}, "who": {"display": "insurer"}, "requestor": False}
    agents = [*R4["agent"], destination]
    assert accesses(changed(R4, agent=agents, type={"code": "110106"}))[0].recipient == "insurer"
    assert accesses(changed(R4, agent=agents))[0].recipient is None


def test_two_people_are_requester_and_operator() -> None:
    """Who asked and who typed are told apart where the event names both."""
    typist = {
        "type": {"coding": [{"code": "humanuser"}]},
        "who": {"identifier": {"value": "clerk"}},
        "requestor": False,
    }
    (access,) = accesses(changed(R4, agent=[*R4["agent"], typist]))
    assert (access.requester, access.operator) == ("nurse7", "clerk")


def test_a_machine_on_nobodys_behalf_is_an_account() -> None:
    """Without a person the machine did it, through its interface."""
    (access,) = accesses(changed(R4, agent=R4["agent"][:1]))
    assert (access.operator, access.account, access.channel) == (None, "Device/tablet", "api")


def test_a_token_stands_for_a_person_who_is_not_named() -> None:
    """A user known by nothing but the token is that token's account."""
    agent = {"type": {"coding": [{"code": "UserOauthAgent"}]}, "requestor": True, "policy": ["C187"]}
    (access,) = accesses(changed(R4, agent=[agent]))
    assert (access.operator, access.account, access.channel) == (None, "C187", "view")


@pytest.mark.parametrize(
    ("members", "reason", "field"),
    [
        ({"recorded": None}, "missing", "recorded"),
        ({"recorded": "2026-11-22"}, "bad_time", "recorded"),
        ({"recorded": "2026-11-22T09:00:44"}, "bad_time", "recorded"),
        ({"recorded": "yesterday"}, "bad_time", "recorded"),
        ({"agent": None}, "missing", "agent"),
        ({"agent": [{"requestor": True}]}, "missing", "agent"),
        ({"agent": "nurse7"}, "missing", "agent"),
        ({"entity": None}, "missing", "entity"),
        ({"entity": [{"detail": [{"type": "x", "valueString": "y"}]}]}, "missing", "entity"),
        ({"entity": [{"what": {"reference": "#o1"}}]}, "missing", "entity"),
    ],
)
def test_what_names_no_one_or_nothing_is_quarantined(members: dict[str, Any], reason: str, field: str) -> None:
    """An event without a time, an agent or an entity is kept with the reason."""
    record = only(changed(R4, **members))
    assert record.problem is not None
    assert (record.problem.reason, record.problem.field) == (reason, field)


def test_logins_can_be_left_aside() -> None:
    """Codes that the settings name are counted as not_audit."""
    login = changed(R4, type={"code": "110114"}, entity=None)
    assert only(login).problem is not None
    (record,) = read(json.dumps(login).encode(), FhirSettings(not_access=frozenset({"110114"})))
    assert isinstance(record, NotAudit)


def test_a_file_may_be_lines_a_document_or_a_bundle() -> None:
    """The same events come out of JSON Lines, one resource, an array and a Bundle, each with its own bytes."""
    lines = "\n".join(json.dumps(event) for event in (R4, R5)).encode()
    entries = [{"fullUrl": "urn:x", "resource": event} for event in (R4, {"resourceType": "Patient"}, R5)]
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
    expected = [*accesses(R4), *accesses(R5)]
    for content in (
        lines,
        json.dumps([R4, R5], indent=1).encode(),
        json.dumps(bundle, indent=2).encode(),
        json.dumps(bundle).encode(),
    ):
        records = read(b"\xef\xbb\xbf" + content)
        told = [record for record in records if isinstance(record, SourceRecord)]
        assert [access for record in told for access in record.accesses] == expected
        assert all(json.loads(record.original) for record in told)
    assert sum(isinstance(record, NotAudit) for record in read(json.dumps(bundle, indent=2).encode())) == 1


@pytest.mark.parametrize("torn", [b'{"resourceType": "AuditEv', b"[]]", b'"\\ud800"', b"\xff{}", b"{}", b"17"])
def test_torn_lines_are_quarantined_with_their_bytes(torn: bytes) -> None:
    """What is no resource is kept as it is; the lines around it are read."""
    good = json.dumps(R4).encode()
    for content in (good + b"\n" + torn + b"\n" + good, torn + b"\n" + good):
        records = [record for record in read(content) if isinstance(record, SourceRecord)]
        assert [record.original for record in records if record.problem] == [torn]
        assert len(records) == content.count(good) + 1


def test_settings_are_read_from_toml(tmp_path: Path) -> None:
    """System and the codes to leave aside come from the file."""
    path = tmp_path / "fhir.toml"
    path.write_text('system = "ward"\nnot_access = ["110114"]\n')
    assert FhirSettings.from_toml(path) == FhirSettings(system="ward", not_access=frozenset({"110114"}))


@pytest.mark.parametrize(
    ("text", "field"), [("x = 1", "x"), ("system = 1", "system"), ("not_access = 'x'", "not_access"), ("= x", "")]
)
def test_wrong_settings_are_refused_by_name(tmp_path: Path, text: str, field: str) -> None:
    """Each wrong setting is bad input that names file and field."""
    path = tmp_path / "fhir.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=f"fhir.toml.*{field}"):
        FhirSettings.from_toml(path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "coding", "who", "reference", "value"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from([*R4, *R5, "event", "participant", "object"]), value=json_values)
def test_no_shape_breaks_the_source(name: str, value: Any) -> None:
    """Whatever stands in place of a member, the resource is a record or is counted."""
    content = json.dumps({**R4, name: value}).encode()
    (record,) = read(content)
    assert isinstance(record, NotAudit) or record.original == content
