"""Logs of a third party's workload in three formats."""

from __future__ import annotations

import gzip
import os
import time
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest

from custodiet.ingest.ports import NotAudit, SourceRecord
from custodiet.model.access import Access, SubjectKind
from custodiet.sources.pgaudit import Key, LogFormat, PgAuditSettings, TableKeys, pgaudit_source

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("CUSTODIET_SHARED_DATA", ROOT.parent / "shared" / "data")) / "pgaudit"
FILES: dict[LogFormat, str] = {"csvlog": "csv", "jsonlog": "json", "stderr": "log"}
SETTINGS = PgAuditSettings(
    tables={
        "public.pgbench_accounts": TableKeys(keys=(Key(columns=("aid",)),)),
        "public.pgbench_tellers": TableKeys(keys=(Key(columns=("tid",), subject_kind=SubjectKind.ITEM),)),
        "public.pgbench_branches": TableKeys(keys=(Key(columns=("bid",), subject_kind=SubjectKind.ADDRESS),)),
        "public.pgbench_history": TableKeys(keys=(Key(columns=("aid",)),)),
    },
    log_line_prefix="%m [%p] %q%u@%d/%a %h ",
)

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of third-party data is absent")


def records(log_format: LogFormat) -> list[SourceRecord | NotAudit]:
    """Return what the source says of the third party's log in the format."""
    content = gzip.decompress((FOLDER / f"postgresql-15-pgaudit.{FILES[log_format]}.gz").read_bytes())
    started = time.perf_counter()
    found = list(pgaudit_source(log_format, SETTINGS)(BytesIO(content), "log"))
    print(f"{log_format}: {len(found) / (time.perf_counter() - started):,.0f} entries/s")  # noqa: T201 - shown with -s
    return found


@pytest.fixture(scope="module")
def all_records() -> dict[LogFormat, list[SourceRecord | NotAudit]]:
    """The three logs, read."""
    return {log_format: records(log_format) for log_format in FILES}


def test_every_audit_entry_is_accepted(all_records) -> None:
    """Each of the 4,430 entries of each log yields at least one access; the rest are server messages."""
    for found in all_records.values():
        received = [record for record in found if isinstance(record, SourceRecord)]
        assert len(received) == 4430
        assert len(found) - len(received) == 63
        assert not [record for record in received if record.problem is not None]


def test_three_formats_give_the_same_accesses(all_records) -> None:
    """As multisets the accesses of the three logs are equal, session numbers and identifiers included."""

    def accesses(found: list[SourceRecord | NotAudit]) -> Counter[Access]:
        return Counter(a for record in found if isinstance(record, SourceRecord) for a in record.accesses)

    counted = {name: accesses(found) for name, found in all_records.items()}
    assert counted["csvlog"] == counted["jsonlog"] == counted["stderr"]


def test_the_workload_is_tied_to_its_records(all_records) -> None:
    """Reads and updates of accounts, tellers and branches name the row; only set-up statements remain tables."""
    kinds = Counter(
        (access.subject_kind.value, access.action.value)
        for record in all_records["csvlog"]
        if isinstance(record, SourceRecord)
        for access in record.accesses
    )
    assert kinds["person", "consultation"] == 720 * 2 + 80
    assert kinds["person", "alteration"] == kinds["item", "alteration"] == kinds["address", "alteration"] == 720
    assert kinds["person", "collection"] == 720
    assert sum(number for (kind, _), number in kinds.items() if kind == "table") == 25


def test_event_identifiers_are_unique(all_records) -> None:
    """No two entries of the log share an identifier: nothing will be taken for a duplicate."""
    identifiers = [
        record.accesses[0].source_event_id for record in all_records["csvlog"] if isinstance(record, SourceRecord)
    ]
    assert len(set(identifiers)) == len(identifiers)
