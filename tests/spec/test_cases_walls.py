"""The walls of a member of the workforce, drawn: whose matters 5120 may not see on 14 October 2026, and why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from custodiet.cases.visibility import ABSENT, NO_WALLS, Tie, Walls
from custodiet.engines.detecting import Reading, detect, finding_named, front, walls_of
from custodiet.engines.duckdb import Session
from custodiet.errors import Refused
from support.drawn_force import bind_force

AT = datetime(2026, 10, 14, 10, tzinfo=UTC)
ACCESS = "actor | subject | occurred_at\n4127 | N1 | 2026-10-14 10:00"
STAFF = """
person | employment | surname | forename | date_of_birth | address
5120   | officer    | Birch   | Bob      | 1985-05-05    | 2 Low Street
6001   | officer    | Cedar   | Cat      | 1990-09-09    | 2 LOW STREET
6002   | staff      | Dale    | Dee      | 1970-07-07    | 9 Far Street
"""
SUBJECT = """
subject | subject_kind | surname | forename | date_of_birth | address
N1      | person       | BIRCH   | Bob      | 1985-05-05    | -
N2      | person       | Birch   | Bella    | 2015-05-05    | 2 Low Street
N3      | person       | Dale    | Dee      | 1970-07-07    | 9 Far Street
N4      | person       | Elm     | Eve      | 1960-06-06    | 7 New Street
N5      | person       | Birch   | Bob      | 1950-05-05    | 8 Old Street
"""


def walls(at: datetime = AT, **tables: str) -> Walls:
    """Return the walls of 5120."""
    with Session(threads=1) as session:
        bind_force(session, {"access": ACCESS, "staff": STAFF, "subject": SUBJECT, **tables})
        return walls_of(session, "5120", at)


def test_oneself_is_walled_as_actor_as_subject_and_as_account() -> None:
    """The own number, the own record by name and birth, the own login; a namesake of another age is not."""
    found = walls(account="account | person\nbirchb | 5120\ncedarc | 6001")

    assert {("5120", Tie.SELF), ("account:birchb", Tie.SELF)} <= found.actors
    assert ("N1", Tie.SELF) in found.subjects
    assert "N5" not in {name for name, _ in found.subjects}
    assert "account:cedarc" not in {name for name, _ in found.actors}


def test_the_household_is_walled_as_actor_and_as_subject() -> None:
    """Who lives at the own address, on record or in the workforce."""
    found = walls()

    assert ("N2", Tie.KIN) in found.subjects
    assert ("6001", Tie.KIN) in found.actors
    assert "6002" not in {name for name, _ in found.actors}


def test_a_declared_associate_is_walled_as_subject_and_as_colleague_even_when_the_tie_has_ended() -> None:
    """The former partner, who also works here; and whoever declared a tie to oneself."""
    ties = """
    person | subject | nature     | valid_from       | valid_to
    5120   | N3      | ex_partner | 2020-01-01 00:00 | 2022-01-01 00:00
    6003   | N1      | friend     | 2020-01-01 00:00 | 9999-12-31 00:00
    """
    found = walls(association=ties)

    assert ("N3", Tie.KIN) in found.subjects
    assert {("6002", Tie.KIN), ("6003", Tie.KIN)} <= found.actors
    assert "N4" not in {name for name, _ in found.subjects}


def test_the_own_unit_and_line_are_walled_as_at_the_moment() -> None:
    """Team-mates, the supervisor and the supervised of the day; not those of last year."""
    posting = """
    person | unit     | valid_from       | valid_to
    5120   | B Relief | 2026-01-01 00:00 | 9999-12-31 00:00
    6004   | B Relief | 2026-01-01 00:00 | 9999-12-31 00:00
    6005   | B Relief | 2025-01-01 00:00 | 2026-10-14 10:00
    6006   | C Relief | 2026-01-01 00:00 | 9999-12-31 00:00
    """
    supervision = "person | supervisor\n5120 | 7001\n7002 | 5120\n6006 | 7001"
    found = walls(posting=posting, supervision=supervision)

    assert {("6004", Tie.LINE), ("7001", Tie.SUPERVISOR), ("7002", Tie.SUPERVISED)} <= found.actors
    assert not {"6005", "6006"} & {name for name, _ in found.actors}
    assert ("5120", Tie.LINE) not in found.actors


def test_who_has_no_staff_number_has_no_walls_that_are_known() -> None:
    """There is nobody to compare."""
    with Session(threads=1) as session:
        assert walls_of(session, None, AT) == NO_WALLS


def test_a_walled_finding_leaves_no_gap_in_list_or_ranks_and_is_refused_as_if_it_were_not_there() -> None:
    """The second of three findings is a team-mate's: the reader sees ranks 1 and 2, and the same words as for any number."""
    access = """
    actor | subject | occurred_at
    4127  | N7 | 2026-10-12 10:00
    6004  | N8 | 2026-10-13 10:00
    4128  | N9 | 2026-10-14 10:00
    """
    posting = "person | unit\n5120 | B Relief\n6004 | B Relief"
    with Session(threads=1) as session:
        bind_force(session, {"access": access, "posting": posting})
        detect(session, ())
        everything = front(session, Reading(signals=())).findings
        reading = Reading(signals=(), walls=walls_of(session, "5120", AT))
        seen = front(session, reading).findings
        walled = next(each.finding for each in everything if each.actor == "6004")
        with pytest.raises(Refused) as refused:
            finding_named(session, reading, walled)
        with pytest.raises(Refused) as unknown:
            finding_named(session, reading, "F-ZZZZZZZZ")

        assert finding_named(session, reading, seen[1].finding) == seen[1]
    assert [(each.rank, each.actor) for each in seen] == [(1, "4127"), (2, "4128")]
    assert str(refused.value) == str(unknown.value) == ABSENT
