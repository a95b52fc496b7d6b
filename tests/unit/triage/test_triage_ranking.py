"""The order of findings, the limit per actor, and the settings of a pack."""

from __future__ import annotations

import pytest
from sqlglot import exp

from custodiet.detect.signal_file import shipped
from custodiet.engines.detecting import Reading, detect, finding_named, front
from custodiet.engines.duckdb import Session
from custodiet.errors import BadPack
from custodiet.triage.ranking import Settings, read_settings
from custodiet.triage.ranking import shipped as shipped_settings
from support.drawn_force import bind_force

FORCE = {
    "access": """
    actor | subject | occurred_at | state | system
    4127  | N1 | 2026-10-12 10:00 | unexplained | records
    4127  | N1 | 2026-10-13 10:00 | unexplained | pnc
    4127  | N2 | 2026-10-12 10:00 | unexplained | records
    4127  | N3 | 2026-10-12 11:00 | unexplained | records
    4127  | N4 | 2026-10-12 12:00 | unexplained | records
    5120  | N5 | 2026-10-12 13:00 | unexplained | records
    5120  | N6 | 2026-10-12 09:00 | weak        | records
    5120  | N7 | 2026-10-12 09:00 | explained   | records
    5120  | N8 | 2026-10-12 09:00 | pending     | records
    5120  | RMS | 2026-10-12 09:00 | explained  | records
    """,
    "staff": "person | employment | rank | surname | forename | date_of_birth\n4127 | officer | PC | Alder | Ann | 1980-01-01",
    "subject": "subject | subject_kind | surname | forename | date_of_birth\nN4 | person | Alder | Ann | 1980-01-01",
}
SIGNALS = shipped()


def queue(size: int | None = None, per_actor: int | None = None) -> tuple[list[tuple[int, str, str]], int]:
    """Return rank, actor and subject of the front of the queue, and how many were held back."""
    with Session(threads=1) as session:
        bind_force(session, FORCE)
        detect(session, SIGNALS, shipped_settings())
        found = front(session, Reading(signals=SIGNALS), size=size, per_actor=per_actor)
    return [(each.rank, each.actor, each.subject) for each in found.findings], found.held_back


def test_findings_come_by_score_and_then_by_what_can_be_checked() -> None:
    """Self (8) first, two days (1) second, then by first access; weak reasons (-3) last; explained and pending never."""
    assert queue() == (
        [
            (1, "4127", "N4"),
            (2, "4127", "N1"),
            (3, "4127", "N2"),
            (4, "4127", "N3"),
            (5, "5120", "N5"),
            (6, "5120", "N6"),
        ],
        0,
    )


def test_the_limit_per_actor_keeps_the_others_place_and_is_counted() -> None:
    """At most two of one actor in a front of three: the third and fourth of 4127 are held back before 5120's."""
    assert queue(size=3, per_actor=2) == ([(1, "4127", "N4"), (2, "4127", "N1"), (5, "5120", "N5")], 2)


def test_what_lies_beyond_the_front_is_not_held_back() -> None:
    """A front of two, at most two of one actor: nothing was left out for the limit."""
    assert queue(size=2, per_actor=2) == ([(1, "4127", "N4"), (2, "4127", "N1")], 0)


def test_the_parts_shown_add_up_to_the_score() -> None:
    """The score of the value is the sum of its signals and equals the score in the relation."""
    with Session(threads=1) as session:
        bind_force(session, FORCE)
        detect(session, SIGNALS, shipped_settings())
        stored = dict(session.rows(exp.select("finding", "score").from_("finding")))
        values = front(session, Reading(signals=SIGNALS)).findings

    assert {each.finding: each.score for each in values} == stored
    assert values[0].signals[0].points == 8


def test_a_finding_is_read_with_its_sentences_systems_and_nearest_miss() -> None:
    """The value holds what a reader needs; the nearest miss is handed in."""
    with Session(threads=1) as session:
        bind_force(session, FORCE)
        detect(session, SIGNALS, shipped_settings())
        name = front(session, Reading(signals=SIGNALS)).findings[1].finding
        found = finding_named(session, Reading(signals=SIGNALS, nearest_misses={name: "Nothing near."}), name)

    assert found.systems == ("pnc", "records")
    assert found.nearest_miss == "Nothing near."
    assert "Opened 2 times on 2 days." in [signal.sentence for signal in found.signals]


def test_two_runs_give_the_same_findings() -> None:
    """Same input, same values."""
    assert queue() == queue()


def test_settings_are_read() -> None:
    """Vague reasons are compared in lower case and without spaces around them."""
    text = 'gap_days = 60\nper_actor = 5\nvague_reasons = [" Enq", "."]'

    assert read_settings(text, "triage.toml") == Settings(gap_days=60, per_actor=5, vague_reasons=(".", "enq"))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("gap_days = 0", "gap_days"),
        ('per_actor = "3"', "per_actor"),
        ("vague_reasons = [1]", "vague_reasons"),
        ("cap = 3", "cap"),
        ("cap 3", None),
    ],
)
def test_wrong_settings_are_named(text: str, field: str | None) -> None:
    """File and key stand in the error."""
    with pytest.raises(BadPack) as caught:
        read_settings(text, "triage.toml")

    assert (caught.value.file, caught.value.field) == ("triage.toml", field)


def test_settings_that_make_no_sense_cannot_be_built() -> None:
    """A gap of no days is no gap."""
    with pytest.raises(ValueError, match="1 or more"):
        Settings(gap_days=0)
