"""AuditEvents published by HL7 and IHE."""

from __future__ import annotations

import json
import os
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest

from custodiet.ingest.ports import SourceRecord
from custodiet.sources.fhir import fhir_source

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(os.environ.get("CUSTODIET_SHARED_DATA", ROOT.parent / "shared" / "data")) / "fhir" / "auditevents.ndjson"

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the folder of third-party data is absent")


def test_every_published_example_is_accounted_for() -> None:
    """Each resource is accepted, or names no record: logins, logouts, tokens shown, a failed request."""
    lines = [json.loads(line) for line in FILE.read_bytes().splitlines()]
    content = "\n".join(json.dumps(line["resource"]) for line in lines).encode()
    records = list(fhir_source()(BytesIO(content), "events"))
    assert len(records) == len(lines) == 80
    quarantined = Counter[tuple[str, str | None]]()
    for line, record in zip(lines, records, strict=True):
        assert isinstance(record, SourceRecord)
        if record.problem is not None:
            name = Path(line["file"]).stem.removeprefix("AuditEvent-")
            quarantined[name, record.problem.field] += 1
    print(f"accepted {80 - quarantined.total()}, quarantined {dict(quarantined)}")  # noqa: T201 - shown with -s
    assert quarantined == {
        ("example-login", "entity"): 4,
        ("example-logout", "entity"): 4,
        ("example-error", "entity"): 2,
        ("ex-auditPoke-SAML-Min", "entity"): 1,
        ("ex-auditPoke-SAML-Min2", "entity"): 1,
        ("ex-auditPoke-SAML-QDI-Min", "entity"): 1,
    }


def test_versions_are_told_by_shape() -> None:
    """Each published example is read in the version under which it was published."""
    told = {"hl7_dstu2": "DSTU2", "hl7_stu3": "STU3", "hl7_r4": "R4", "hl7_r4_4.0.0": "R4", "ihe_balp_1.1.4": "R4"}
    for line in map(json.loads, FILE.read_bytes().splitlines()):
        (record,) = fhir_source()(BytesIO(json.dumps(line["resource"]).encode()), "event")
        assert isinstance(record, SourceRecord)
        for access in record.accesses:
            assert json.loads(access.extra or "")["fhir"] == told[line["source"]]
