"""Ties on forces drawn as tables: which there are, of which nature, from when to when, and which there are not."""

from __future__ import annotations

import pytest
from sqlglot import exp

from custodiet.detect.ties import NATURES, TieRules
from custodiet.engines.duckdb import Session
from custodiet.engines.tying import tie_all, tie_asked
from support.drawn_force import bind_force

NO_ACCESS = "actor | subject | occurred_at"
STAFF = """
person | employment | surname | forename | date_of_birth | address              | postcode | phone        | valid_from
4127   | officer    | Alder   | Ann      | 1980-01-01    | 12 High Street, Town | ZA1 1AA  | 07700 900111 | 2020-01-01
"""
HEADER = "subject | subject_kind | surname | forename | date_of_birth | address | postcode | phone | valid_from"
RULES = TieRules(nicknames=(("ANNIE", "ANN"),))


def ties(*subjects: str, **tables: str) -> list[tuple[str, ...]]:
    """Return person, subject, nature and span of every tie, in order; subjects are drawn lines."""
    drawn = {"access": NO_ACCESS, "staff": STAFF, "subject": "\n".join([HEADER, *subjects]), **tables}
    with Session(threads=1) as session:
        bind_force(session, drawn)
        tie_all(session, RULES, None)
        rows = session.rows(
            exp.select("person", "subject", "nature", "valid_from", "valid_to")
            .from_("tie")
            .order_by("person", "subject", "nature", "valid_from")
        )
    return [
        (person, subject, nature, str(since.date()), str(until.date()))
        for person, subject, nature, since, until in rows
    ]


def natures(*subjects: str, **tables: str) -> list[str]:
    """Return the natures of all ties, in order."""
    return [nature for _, _, nature, _, _ in ties(*subjects, **tables)]


def test_without_facts_there_is_no_tie() -> None:
    """Where nothing is described the relation is there and empty."""
    with Session(threads=1) as session:
        bind_force(session, {"access": NO_ACCESS})
        tie_all(session, TieRules(), None)

        assert session.rows(exp.select("*").from_("tie")) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("N1 | person | ALDER | ann m | 1980-01-01 | - | - | - | 2021-01-01", ["same_person"]),
        ("N1 | person | Älder | Ann | 1980-01-01 | - | - | - | 2021-01-01", ["same_person"]),
        ("N1 | person | Alder | Ann | - | Flat 3, 12 High St, Town | ZA1 1AA | - | 2021-01-01", ["neighbour"]),
        ("N1 | person | Alder | Ann | - | 12 HIGH ST. | za11aa | - | 2021-01-01", ["same_person"]),
        ("N1 | person | Alder | Ann | 1950-01-01 | 12 High Street, Town | ZA1 1AA | - | 2021-01-01", ["household", "kin"]),
        ("N1 | person | Birch | Bob | 1950-01-01 | 12 High Street, Town | ZA1 1AA | - | 2021-01-01", ["household"]),
        ("N1 | person | Birch | Bob | - | 12 High Street, Town | - | - | 2021-01-01", ["household"]),
        ("N1 | vehicle | - | - | - | 12 High Street, Town | ZA1 1AA | - | 2021-01-01", ["household"]),
        ("N1 | person | Birch | Bob | - | 14 High Street, Town | ZA1 1AA | - | 2021-01-01", ["neighbour"]),
        ("N1 | person | Birch | Bob | - | 11A High Street, Town | ZA1 1AB | - | 2021-01-01", ["neighbour"]),
        ("N1 | person | Birch | Bob | - | 14 Hihg Street, Town | ZA1 1AA | - | 2021-01-01", ["neighbour"]),
        ("N1 | person | Birch | Bob | - | 15 High Street, Town | ZA1 1AA | - | 2021-01-01", []),
        ("N1 | person | Birch | Bob | - | 14 Low Street, Town | ZA1 1AA | - | 2021-01-01", []),
        ("N1 | person | Birch | Bob | - | 14 High Street, Far | ZA9 1AA | - | 2021-01-01", []),
        ("N1 | person | Birch | Bob | - | - | - | +44 7700 900111 | 2021-01-01", ["shared_phone"]),
        ("N1 | person | Birch | Bob | - | - | - | 07700 900112 | 2021-01-01", []),
    ],
)  # fmt: skip
def test_what_a_description_shows(line: str, expected: list[str]) -> None:
    """Spelling does not matter; a digit does; a neighbour is a matter of doors and not of the postcode."""
    assert natures(line) == expected


MOVED = """
person | employment | surname | forename | date_of_birth | address             | postcode | valid_from | valid_to
4127   | officer    | Alder   | Ann      | 1980-01-01    | 9 Old Lane, Town    | ZB1 1AA  | 2015-01-01 | 2020-01-01
4127   | officer    | Alder   | Ann      | 1980-01-01    | 9 Old Lane, Town    | ZB1 1AA  | 2020-01-01 | 2022-01-01
4127   | officer    | Alder   | Ann      | 1980-01-01    | 1 New Road, Town    | ZB2 2BB  | 2022-01-01 | 9999-12-31
"""


def test_who_lived_with_the_actor_and_who_came_after() -> None:
    """A household ends with the move and not with a new rank; who moved in later is a former address alone, who left before is nobody."""
    header = "subject | subject_kind | surname | address | postcode | valid_from | valid_to"
    stayed = "N1 | person | Birch | 9 Old Lane, Town | ZB1 1AA | 2018-01-01 | 9999-12-31"
    later = "N2 | person | Cedar | 9 Old Lane, Town | ZB1 1AA | 2023-01-01 | 9999-12-31"
    before = "N3 | person | Drake | 9 Old Lane, Town | ZB1 1AA | 2010-01-01 | 2014-01-01"

    assert ties(staff=MOVED, subject=f"{header}\n{stayed}\n{later}\n{before}") == [
        ("4127", "N1", "former_address", "2022-01-01", "9999-12-31"),
        ("4127", "N1", "former_household", "2022-01-01", "9999-12-31"),
        ("4127", "N1", "household", "2018-01-01", "2020-01-01"),
        ("4127", "N1", "household", "2020-01-01", "2022-01-01"),
        ("4127", "N2", "former_address", "2023-01-01", "9999-12-31"),
    ]


BY_NUMBER = """
person | employment | surname | uprn | valid_from | valid_to
4127   | officer    | Alder   | 100  | 2015-01-01 | 2018-01-01
4127   | officer    | Alder   | 100  | 2018-01-01 | 2020-01-01
4127   | officer    | Alder   | -    | 2016-01-01 | 2024-01-01
"""


def test_a_home_known_by_its_property_number_alone_is_left_when_its_last_description_ends() -> None:
    """A new rank at the same number is no move, and a description without a home does not prolong the stay."""
    header = "subject | subject_kind | surname | uprn | valid_from | valid_to"

    assert ties(staff=BY_NUMBER, subject=f"{header}\nN1 | person | Birch | 100 | 2015-01-01 | 2022-01-01") == [
        ("4127", "N1", "former_address", "2020-01-01", "2022-01-01"),
        ("4127", "N1", "former_household", "2020-01-01", "9999-12-31"),
        ("4127", "N1", "household", "2015-01-01", "2018-01-01"),
        ("4127", "N1", "household", "2018-01-01", "2020-01-01"),
    ]


def test_a_tie_holds_while_both_descriptions_do() -> None:
    """What the records said before or after says nothing of the time between."""
    header = "subject | subject_kind | surname | forename | date_of_birth | valid_from | valid_to"
    line = "N1 | person | Alder | Ann | 1980-01-01 | 2018-01-01 | 2024-01-01"

    assert ties(subject=f"{header}\n{line}") == [("4127", "N1", "same_person", "2020-01-01", "2024-01-01")]


def test_a_crowded_address_is_no_household() -> None:
    """Of thirteen people at one address none lives with the actor."""
    many = [
        f"N{n} | person | Birch{chr(65 + n)} | Bob | - | 12 High Street, Town | ZA1 1AA | - | 2021-01-01"
        for n in range(13)
    ]

    assert natures(*many) == []
    assert natures(*many[:12]) == ["household"] * 12


def test_a_number_of_many_is_a_switchboard() -> None:
    """Nine bearers of one number share nothing; eight do, the actor among them."""
    many = [f"N{n} | person | Birch | Bob | - | - | - | 07700900111 | 2021-01-01" for n in range(8)]

    assert natures(*many) == []
    assert natures(*many[:7]) == ["shared_phone"] * 7


def test_a_vehicle_is_known_by_its_mark_however_written() -> None:
    """A mark in the personnel records is the car's on record and its keeper's; 0 and O are one in it."""
    staff = "person | employment | vehicle\n4127 | officer | QB10 ABC; XO1 I"
    identifier = "subject | identifier | scheme\nV1 | qb10abc | vrm\nN2 | X0 11 | VRM\nN3 | QB10 ABC | pnc"

    assert ties(staff=staff, subject=HEADER, subject_identifier=identifier) == [
        ("4127", "N2", "shared_vehicle", "0001-01-01", "9999-12-31"),
        ("4127", "V1", "shared_vehicle", "0001-01-01", "9999-12-31"),
    ]


def test_the_next_of_kin_is_found_among_the_subjects() -> None:
    """Whom the actor named is who has that name and date of birth."""
    named = "person | relationship | surname | forename | date_of_birth\n4127 | spouse | Birch | Bob | 1979-02-02"

    assert natures(
        "N1 | person | Birch | Bob | 1979-02-02 | - | - | - | 2021-01-01",
        "N2 | person | Birch | Bob | 1979-02-03 | - | - | - | 2021-01-01",
        next_of_kin=named,
    ) == ["next_of_kin"]


def test_colleagues_of_the_unit_are_ties_while_they_serve_together() -> None:
    """Who was in the unit before the colleague came is none, and nobody is his own colleague."""
    posting = """
    person | unit | valid_from | valid_to
    4127   | A    | 2021-01-01 | 2024-01-01
    5120   | A    | 2022-01-01 | 9999-12-31
    6000   | A    | 2025-01-01 | 9999-12-31
    """
    line = "N1 | person | Alder | Ann | 1980-01-01 | - | - | - | 2021-01-01"

    assert [tie for tie in ties(line, posting=posting) if tie[2] == "colleague"] == [
        ("5120", "N1", "colleague", "2022-01-01", "2024-01-01")
    ]


def test_what_is_declared_is_a_tie_from_that_day_for_good() -> None:
    """A declared tie needs no description."""
    declared = "person | subject | nature | valid_from | valid_to\n4127 | N9 | ex_partner | 2021-01-01 | 2022-01-01"

    assert ties(association=declared) == [("4127", "N9", "declared", "2021-01-01", "9999-12-31")]


def test_nobodys_ties_are_drawn_for_their_own_sake() -> None:
    """Asked about pairs, the relation has ties of these and of no other."""
    lines = [f"N{n} | person | Birch | Bob | - | 12 High Street, Town | ZA1 1AA | - | 2021-01-01" for n in range(2)]
    with Session(threads=1) as session:
        bind_force(session, {"access": NO_ACCESS, "staff": STAFF, "subject": "\n".join([HEADER, *lines])})
        session.create_table(
            "tie_asked",
            exp.select(
                exp.alias_(exp.Literal.string("4127"), "person"), exp.alias_(exp.Literal.string("N1"), "subject")
            ),
        )
        tie_asked(session, TieRules(), None)

        assert session.rows(exp.select("subject", "nature").from_("tie")) == [("N1", "household")]


def test_every_nature_is_described() -> None:
    """The manual's list of natures is that of the query."""
    assert len(NATURES) == 11
