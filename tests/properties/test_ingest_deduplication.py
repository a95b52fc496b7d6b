"""De-duplication is what its definition says, over any deliveries, and nothing is ever lost or counted twice."""

from __future__ import annotations

import io
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodiet.app.digest_keys import DigestKeys
from custodiet.app.intake import ByMapping, Delivered, Intake, take_in
from custodiet.engines.intake_quarantine import Quarantine
from custodiet.engines.intake_staging import DuckStager
from custodiet.ingest.mapping_file import parse_mapping
from custodiet.model.deliveries import Counts
from custodiet.sources.files.readers import reader_for
from support.folder_ledger import FolderLedger

MAPPING = parse_mapping("""
source = "s"
[read]
format = "csv"
[fields.occurred_at]
from = "at"
format = "epoch_s"
[fields.operator]
from = "who"
[fields.subject]
from = "whom"
[fields.system]
value = "S"
[fields.action]
value = "consultation"
[fields.channel]
value = "view"
[fields.source_event_id]
from = "id"
""")

Record = tuple[str, str, str]  # identifier or nothing, moment, subject
RECORDS = st.tuples(
    st.sampled_from(["", "", "1", "2", "3"]), st.sampled_from(["0", "1", "soon"]), st.sampled_from(["A", "B"])
)
DELIVERIES = st.lists(st.lists(RECORDS, min_size=1, max_size=12), min_size=1, max_size=4)


class Model:
    """The definition in plain Python: what is known so far, and what becomes of each record of a delivery."""

    def __init__(self) -> None:
        self.by_id: dict[str, Record] = {}
        self.without_id: set[tuple[Record, int]] = set()

    def take(self, delivery: list[Record]) -> Counter[str]:
        """Return what becomes of the records of one delivery."""
        counts: Counter[str] = Counter()
        ordinals: Counter[Record] = Counter()
        for record in delivery:
            counts[self._outcome(record, ordinals)] += 1
        return counts

    def _outcome(self, record: Record, ordinals: Counter[Record]) -> str:
        identifier, moment, _ = record
        if moment == "soon":
            return "quarantined"
        if identifier:
            first = self.by_id.setdefault(identifier, record)
            return "quarantined" if first != record else self._new_or_not(record)
        ordinal = ordinals[record]
        ordinals[record] += 1
        return self._new_or_not((record, ordinal))

    def _new_or_not(self, key: object) -> str:
        seen = key in self.without_id
        self.without_id.add(key)  # type: ignore[arg-type]  # keys of both sorts live side by side
        return "duplicate" if seen else "accepted"


@given(deliveries=DELIVERIES, together=st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_record_becomes_what_the_definition_says(*, deliveries: list[list[Record]], together: bool):
    """Any deliveries, in one call or in several, give the counts of the plain definition, and as many rows as were accepted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ledger = FolderLedger(folder / "ledger")
        intake = Intake(
            ledger=ledger,
            quarantine=Quarantine(folder / "quarantine"),
            stager=lambda progress: DuckStager(folder / "staging", progress, workers=1),
            staging=folder / "staging",
            digest_keys=DigestKeys(folder / "digests"),
            received_at=datetime(2026, 1, 1, tzinfo=UTC),
            told=lambda _stage, _done, _total: None,
        )
        way = ByMapping(mapping=MAPPING, reader_for=reader_for)
        files = [_file(delivery) for delivery in deliveries]
        calls = [files] if together else [[file] for file in files]
        reports = [report for call in calls for report in take_in(call, way, intake)]
        model = Model()
        expected = [_counts(model.take(delivery)) for delivery in deliveries]
        assert [report.counts for report in reports] == expected
        rows = [row for path in ledger.read().segments("access/1") for row in pq.read_table(path).to_pylist()]
        assert len(rows) == sum(counts.accepted for counts in expected)
        assert len({row["identity"] for row in rows}) == len(rows)


def _file(delivery: list[Record]) -> Delivered:
    lines = ["id,at,who,whom", *(f"{identifier},{at},D1,{whom}" for identifier, at, whom in delivery)]
    content = "\n".join(lines).encode() + b"\n"
    return Delivered(name="export.csv", open=lambda: io.BytesIO(content))


def _counts(counts: Counter[str]) -> Counts:
    return Counts(
        received=counts.total(),
        accepted=counts["accepted"],
        duplicate=counts["duplicate"],
        quarantined=counts["quarantined"],
        not_audit=1,  # the header
        yielded=counts["accepted"],
    )
