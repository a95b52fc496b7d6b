"""The published policy, and the records of holds: docs/specs/redaction.md, sections 10 and 11."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from custodiet.errors import BadInput, Refused
from custodiet.ledger.commitments import control_entry
from custodiet.ledger.holding import check_unheld, checked_matter, standing
from custodiet.ledger.index_ranges import merged
from custodiet.ledger.retention import Drop, Hold, dropped_ranges, holds, release_record
from custodiet.ledger.retention_policy import read_policy

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "docs" / "specs" / "vectors" / "retention.json").read_text(encoding="utf-8")
)
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
GENERAL = '[[rule]]\nclass = "access"\nkeep = "7 years"\nauthority = "Schedule 2026/1"\n'


def policy_text(rules: str) -> bytes:
    """Return a policy with these rules."""
    return f"published = 2026-04-01\n\n{rules}".encode()


def test_records_and_policy_are_those_of_the_vectors() -> None:
    """Hold, release and drop are the known entries, the policy's digest stands in the drop, and its days are the known ones."""
    policy = read_policy(VECTORS["policy"].encode())
    hold = Hold(by="jdoe", at=AT, authority="CPIA 1996", matter="Case 2026/31", entries=((300, 400),))
    drop = Drop(by="jdoe", at=AT, authority="Schedule 2026/1", entries=((4, 304),), policy=policy.digest)
    records = [hold.record(), release_record(704, "asmith", AT, "Case closed"), drop.record()]
    assert [control_entry(record).decode() for record in records] == VECTORS["entries"]
    for day in VECTORS["days"]:
        [rule] = policy.rules_for(day["class"], day["source"])
        assert rule.last_day(date.fromisoformat(day["day"])).isoformat() == day["kept_until"]


def test_the_most_specific_rule_wins_and_a_class_without_one_is_kept() -> None:
    """A source's own rule comes before its class's; where the source was erased, all of the class are asked."""
    policy = read_policy(policy_text(GENERAL + GENERAL.replace("7 years", "90 days") + 'source = "rms"\n'))
    assert [rule.keep for rule in policy.rules_for("access", "rms")] == ["90 days"]
    assert [rule.keep for rule in policy.rules_for("access", "pnc")] == ["7 years"]
    assert [rule.keep for rule in policy.rules_for("access", None)] == ["7 years", "90 days"]
    assert policy.rules_for("fact", "rms") == ()
    assert read_policy(policy_text(GENERAL + 'source = "rms"\n')).rules_for("access", None) == ()


@pytest.mark.parametrize(
    ("rules", "line", "field"),
    [
        (GENERAL.replace("7 years", "7 years or so"), 3, "keep"),
        (GENERAL.replace("7 years", "0 days"), 3, "keep"),
        (GENERAL.replace('"access"', '"look"'), 3, "class"),
        (GENERAL.replace('"7 years"', "7"), 3, "keep"),
        (GENERAL.replace("Schedule", "R\u00e9gime"), 3, "authority"),
        (GENERAL + 'sources = "rms"\n', 3, "sources"),
        (GENERAL + 'source = ""\n', 3, "source"),
        (GENERAL.replace('"access"', '"deed"') + 'source = "rms"\n', 3, "source"),
        (GENERAL + GENERAL, 7, "class"),
        ("", None, "rule"),
        ("[[rule]\n", 3, None),
    ],
)
def test_what_is_not_understood_is_refused_by_its_place(rules: str, line: int | None, field: str | None) -> None:
    """No rule is guessed at: the error names file, line and field."""
    with pytest.raises(BadInput) as told:
        read_policy(policy_text(rules))
    assert (told.value.file, told.value.line, told.value.field) == ("retention.toml", line, field)


@pytest.mark.parametrize("data", [b"\xff", GENERAL.encode(), b'published = "2026-04-01"\n' + GENERAL.encode()])
def test_a_policy_is_published_on_a_day(data: bytes) -> None:
    """A file that is no text, or says no day of publication, is refused."""
    with pytest.raises(BadInput):
        read_policy(data)


def test_a_hold_stands_until_it_is_released() -> None:
    """While it stands what overlaps it is refused by number and matter; after the release it is listed, and keeps nothing."""
    hold = Hold(by="jdoe", at=AT, authority="CPIA 1996", matter="Case 2026/31", entries=((300, 400),))
    records = [(704, hold.record())]
    check_unheld(holds(records).values(), [(0, 300), (400, 500)])
    with pytest.raises(Refused, match=r"held for Case 2026/31 \(hold 704\)"):
        check_unheld(holds(records).values(), [(399, 401)])
    released = holds([*records, (800, release_record(704, "asmith", AT, "Case closed"))])
    assert (released[704].release, standing(released.values())) == (800, [])
    check_unheld(released.values(), [(399, 401)])


def test_records_that_make_no_sense_are_refused() -> None:
    """An act that nobody knows, and a release of no hold or of one released already."""
    hold = Hold(by="jdoe", at=AT, authority="CPIA 1996", matter="Case 2026/31", entries=((300, 400),)).record()
    release = release_record(704, "asmith", AT, "Case closed")
    assert dropped_ranges([(704, hold), (705, release)]) == {}
    for records in ([(1, {"act": "lost"})], [(704, release)], [(704, hold), (705, release), (706, release)]):
        with pytest.raises(BadInput):
            holds(records)
    with pytest.raises(BadInput):
        dropped_ranges([(1, {"act": "lost"})])


def test_ranges_are_merged_and_matters_are_references() -> None:
    """Ranges that touch become one; empty ones, and matters that are no line of ASCII, are refused."""
    assert merged([(8, 9), (1, 5), (4, 8)]) == ((1, 9),)
    for wrong in ((5, 5), (-1, 3)):
        with pytest.raises(BadInput):
            merged([wrong])
    assert checked_matter("Case 2026/31") == "Case 2026/31"
    for text in ("", " x", "a\nb", "\u00e9", "x" * 81):
        with pytest.raises(BadInput):
            checked_matter(text)
