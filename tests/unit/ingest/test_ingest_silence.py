"""How long sources have been silent, by their deliveries and heartbeats."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from custodiet.ingest.heartbeat import Heartbeat, instant
from custodiet.ingest.silence import Standing, heard
from custodiet.ledger.commitments import control_entry
from custodiet.model.instants import rfc3339

VECTORS = json.loads(
    (Path(__file__).parents[3] / "docs" / "specs" / "vectors" / "completeness.json").read_text("utf-8")
)

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def delivery(number: int, **fields: object) -> dict[str, Any]:
    """Return a delivery's record of a source that is to be heard each day."""
    usual = {
        "delivery": f"D{number:06d}",
        "source": "casefile",
        "received_at": rfc3339(MONDAY),
        "last_at": rfc3339(MONDAY),
        "last_sequence": None,
        "rhythm": 86_400,
        "redrives": [],
    }
    return usual | fields


def beat(after: timedelta, sequence: int | None = None) -> Heartbeat:
    """Return a heartbeat so long after Monday."""
    return Heartbeat(source="casefile", at=MONDAY + after, sequence=sequence)


def test_a_source_is_overdue_once_its_rhythm_has_passed() -> None:
    """Within the rhythm it is heard, a moment later it is overdue, and the silence is counted from its latest access."""
    [source] = heard([delivery(1)], [])
    assert source.standing(MONDAY + DAY) is Standing.HEARD
    assert source.standing(MONDAY + DAY + timedelta(seconds=1)) is Standing.OVERDUE
    assert source.silent(MONDAY + 2 * DAY) == 2 * DAY


def test_a_heartbeat_ends_the_silence() -> None:
    """A source that was asked and had nothing new is not overdue: nothing happened, and that is known."""
    [source] = heard([delivery(1)], [beat(3 * DAY), beat(2 * DAY)])
    assert source.heartbeat_at == MONDAY + 3 * DAY
    assert source.standing(MONDAY + 4 * DAY) is Standing.HEARD
    assert source.standing(MONDAY + 5 * DAY) is Standing.OVERDUE


def test_a_source_that_gave_more_than_came_is_behind() -> None:
    """Its word that it has given up to 120 is held against the 100 that came; a delivery of the rest mends it."""
    [source] = heard([delivery(1, last_sequence=100)], [beat(DAY, 120)])
    assert source.standing(MONDAY + DAY) is Standing.BEHIND
    [source] = heard([delivery(1, last_sequence=100), delivery(2, last_sequence=120)], [beat(DAY, 120)])
    assert source.standing(MONDAY + DAY) is Standing.HEARD


@pytest.mark.parametrize("rhythm", [None, "absent"])
def test_without_a_rhythm_nothing_is_overdue(rhythm: str | None) -> None:
    """Where no mapping says how often a source is heard, also in records of the first version, it is never overdue."""
    record = delivery(1, rhythm=None)
    if rhythm == "absent":
        del record["rhythm"]
    [source] = heard([record], [])
    assert source.standing(MONDAY + 900 * DAY) is Standing.NO_RHYTHM


def test_mended_records_do_not_change_the_rhythm_and_facts_count_by_their_coming() -> None:
    """A delivery of mended records keeps the rhythm; a source whose records have no time is heard when they come in."""
    [source] = heard([delivery(1, last_at=None), delivery(2, rhythm=None, redrives=["D000001"], last_at=None)], [])
    assert source.rhythm == DAY
    assert source.silent(MONDAY + DAY) == DAY


def test_heartbeats_are_read_as_they_were_written() -> None:
    """The record says source, moment and number, and gives the same heartbeat again."""
    one = beat(DAY, 7)
    assert Heartbeat.of(one.record()) == one
    assert one.record() == {
        "typ": "heartbeat/1",
        "source": "casefile",
        "at": "2026-03-03T06:00:00.000000Z",
        "sequence": 7,
    }


@pytest.mark.parametrize("vector", VECTORS["heartbeat"], ids=lambda vector: vector["at"])
def test_entries_of_heartbeats_are_those_of_the_vectors(vector: dict[str, Any]) -> None:
    """The entry is the vector's, to the byte."""
    one = Heartbeat(source=vector["source"], at=instant(vector["at"]), sequence=vector["sequence"])
    assert control_entry(one.record()).decode() == vector["entry"]
