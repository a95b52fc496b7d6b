"""The spool of looks: durable before anything is shown, drained once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custodiet.app.looks import Spool, purpose_of
from custodiet.errors import BadInput, EnvironmentFault, Refused
from custodiet.model.looks import Deed, Purpose

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def deed(minutes: int = 0, act: str = "show") -> Deed:
    """Return a look of the invented principal avery."""
    return Deed(
        principal="avery",
        act=act,
        object="F-ABCDEFGH",
        purpose=Purpose.LAWFULNESS,
        reason=None,
        at=NOON + timedelta(minutes=minutes),
    )


def test_a_recorded_look_is_handed_over_once(tmp_path: Path) -> None:
    """Drain hands over what was recorded, in order, and after forget nothing waits."""
    spool = Spool(folder=tmp_path / "spool")
    spool.record(deed(0))
    spool.record(deed(1))
    taken: list[Deed] = []

    count = spool.drain(set, taken.extend)
    spool.forget()

    assert count == 2
    assert taken == [deed(0), deed(1)]
    assert spool.waiting() == 0


def test_a_crash_after_the_commit_enters_no_look_twice(tmp_path: Path) -> None:
    """Looks that the ledger already holds are left out when they are drained again."""
    spool = Spool(folder=tmp_path)
    spool.record(deed(0))
    first: list[Deed] = []
    spool.drain(set, first.extend)  # committed, then the process died before forget
    spool.record(deed(1))
    second: list[Deed] = []

    spool.drain(lambda: {("avery", "show", "F-ABCDEFGH", NOON)}, second.extend)

    assert second == [deed(1)]


def test_a_crash_before_the_commit_loses_no_look(tmp_path: Path) -> None:
    """Looks handed over and not forgotten are handed over again."""
    spool = Spool(folder=tmp_path)
    spool.record(deed(0))
    spool.drain(set, lambda _: None)
    again: list[Deed] = []

    spool.drain(set, again.extend)

    assert again == [deed(0)]


def test_a_torn_last_line_was_never_shown_and_is_cut_off(tmp_path: Path) -> None:
    """A line without its end is dropped by the next record, and whole lines stay."""
    spool = Spool(folder=tmp_path)
    spool.record(deed(0))
    path = tmp_path / "looks.jsonl"
    path.write_bytes(path.read_bytes() + b'{"act": "sh')

    spool.record(deed(1))

    taken: list[Deed] = []
    spool.drain(set, taken.extend)
    assert taken == [deed(0), deed(1)]


def test_a_spoilt_line_is_named(tmp_path: Path) -> None:
    """A whole line that is no look stops the drain and names its place."""
    (tmp_path / "looks.jsonl").write_text("nonsense\n")

    with pytest.raises(BadInput, match=r"spool/draining.jsonl, line 1"):
        Spool(folder=tmp_path).drain(set, lambda _: None)


def test_a_look_that_cannot_be_recorded_shows_nothing(tmp_path: Path) -> None:
    """Where the spool cannot be written the command fails before it shows anything."""
    (tmp_path / "spool").write_text("a file where the folder should be")

    with pytest.raises(EnvironmentFault, match="nothing is shown"):
        Spool(folder=tmp_path / "spool").record(deed())


@pytest.mark.parametrize("word", ["productivity", "attendance", "lawful", "", None])
def test_other_purposes_are_refused(word: str | None) -> None:
    """Only the four uses of s.62(4) open a record."""
    with pytest.raises(Refused, match=r"62\(4\)"):
        purpose_of(word)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_lawful_purposes_are_accepted(purpose: Purpose) -> None:
    """Each of the four uses is known by its word."""
    assert purpose_of(purpose.value) is purpose
