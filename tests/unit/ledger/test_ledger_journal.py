"""The form of the journal's files: the published vectors, and what may not enter by it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.journal import digest_of, first_line, group, line, read
from custodiet.model.looks import Deed, Purpose

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "docs" / "specs" / "vectors" / "journal.json").read_text("utf-8")
)
DEED = Deed(
    principal="avery",
    act="show",
    object="F-ABCDEFGH",
    purpose=Purpose.LAWFULNESS,
    reason=None,
    at=datetime(2026, 3, 2, 9, tzinfo=UTC),
)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["what"])
def test_the_published_vectors(case: dict[str, Any]) -> None:
    """Each file is read as the vectors say, or refused."""
    data = bytes.fromhex(case["data"])
    if case.get("damaged"):
        with pytest.raises(VerificationFailed, match=VECTORS["name"]):
            read(VECTORS["name"], data)
        return
    told = read(VECTORS["name"], data)
    assert [json.loads(line(record)) for record in told.records] == case["records"]
    assert told.torn == case["torn"]


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=1, max_size=4), max_size=5),
    st.integers(min_value=0, max_value=200),
)
def test_a_file_cut_anywhere_gives_the_groups_that_are_whole(groups: list[list[str]], cut: int) -> None:
    """No cut makes a reader find more, other or fewer records than those of the groups before it."""
    name = VECTORS["name"]
    data, before = first_line(name), digest_of(first_line(name), b"")
    ends, records = [len(data)], [0]
    for texts in groups:
        payload = b"".join(line({"typ": "note/1", "text": text}) for text in texts)
        data += group(before, payload)
        before = digest_of(before, payload)
        ends.append(len(data))
        records.append(records[-1] + len(texts))
    length = max(0, len(data) - cut)
    told = read(name, data[:length])
    whole = max((at for at, end in enumerate(ends) if end <= length), default=None)
    assert len(told.records) == (0 if whole is None else records[whole])
    assert told.torn == length - (0 if whole is None else ends[whole])


@pytest.mark.parametrize("typ", ["key/1", "redaction/2", "schema/1", "delivery/1", "run/1", "retention/1", "access/1"])
def test_what_rests_on_checks_does_not_enter_by_the_journal(typ: str) -> None:
    """A journal needs no key, so it must not be a way around two people, a rotation or the law of deliveries."""
    with pytest.raises(BadInput, match="do not enter by the journal"):
        line({"typ": typ, "text": "x"})


@pytest.mark.parametrize(
    "record",
    [
        {"text": "no type"},
        {"typ": "Note"},
        {"typ": "note/1", "share": 0.5},
        {"typ": "note/1", "text": "x" * 65_536},
        {"typ": "deed/1", "principal": "avery"},
        replace(DEED, reason="\ud800"),
        replace(DEED, reason="x" * 65_536),
    ],
)
def test_a_record_that_could_not_be_entered_is_refused_at_once(record: Any) -> None:
    """Nothing is acknowledged that would stop every later commit."""
    with pytest.raises(BadInput):
        line(record)


def test_a_deed_comes_back_as_it_was() -> None:
    """Whatever its words and its zone."""
    deed = replace(DEED, reason='case "7"\n line two', purpose=None, object=None)
    payload = line(deed)
    name = VECTORS["name"]
    told = read(name, first_line(name) + group(digest_of(first_line(name), b""), payload))
    assert told.records == (deed,)
