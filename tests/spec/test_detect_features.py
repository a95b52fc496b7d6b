"""The features of an episode on forces drawn as tables: what each says, what it leaves alone, and when it keeps silent."""

from __future__ import annotations

from typing import Any

import pytest
from sqlglot import exp

from custodiet.detect.features import FEATURE
from custodiet.engines.detecting import detect
from custodiet.engines.duckdb import Session
from custodiet.triage.ranking import shipped
from support.drawn_force import bind_force

LOOK = """
actor | subject | occurred_at
4127  | N1      | 2026-10-14 10:00
"""
STAFF = """
person | employment | rank | surname | forename | date_of_birth | address       | postcode | phone
4127   | officer    | PC   | Alder   | Ann      | 1980-01-01    | 1 High Street | DT1 1AA  | 01305 000001
5120   | officer    | PC   | Birch   | Bob      | 1985-05-05    | 2 Low Street  | DT2 2BB  | -
"""


def features(**tables: str) -> dict[str, Any]:
    """Return the features of the only episode of a drawn force."""
    rows = all_features(**tables)
    assert len(rows) == 1
    return rows[0]


def all_features(**tables: str) -> list[dict[str, Any]]:
    """Return the features of every episode of a drawn force, by actor and subject."""
    with Session(threads=1) as session:
        bind_force(session, tables)
        detect(session, (), shipped())
        rows: list[dict[str, Any]] = session.arrow(
            exp.select("episode.actor", "episode.subject", "feature.*")
            .from_("feature")
            .join("episode", on="episode.finding = feature.finding")
            .order_by("episode.actor", "episode.subject")
        ).to_pylist()
    return rows


def subject(line: str) -> str:
    """Return a drawn subject relation of one line."""
    return f"subject | subject_kind | surname | forename | date_of_birth | address | postcode | phone\n{line}"


def test_every_declared_feature_is_computed_in_its_type() -> None:
    """The relation has the columns that signals may name, no more and no less."""
    with Session(threads=1) as session:
        bind_force(session, {"access": LOOK})
        detect(session, ())
        columns = session.arrow(exp.select("*").from_("feature")).column_names

    assert tuple(columns) == FEATURE.names


def test_without_context_nothing_is_said_of_ties_duty_and_matters() -> None:
    """Where no fact was delivered every such feature is absent, and not false or 0."""
    found = features(access=LOOK)

    for name in (
        "is_self",
        "same_surname",
        "same_address",
        "off_duty",
        "duty_known",
        "matters",
        "colleague",
        "public_figure",
    ):
        assert found[name] is None, name


@pytest.mark.parametrize(
    ("line", "is_self"),
    [
        ("N1 | person | ALDER | Ann | 1980-01-01 | -             | - | -", True),
        ("N1 | person | Alder | Ann | -          | 1 high street | - | -", True),
        ("N1 | person | Alder | Ann | 1955-01-01 | 1 High Street | - | -", False),
        ("N1 | person | Alder | Amy | 1980-01-01 | 1 High Street | - | -", False),
        ("N1 | person | Alder | Ann | -          | 9 Far Street  | - | -", False),
        ("N1 | person | Alder | Ann | -          | -             | - | -", None),
        ("N1 | vehicle | Alder | Ann | - | 1 High Street | - | -", None),
    ],
)
def test_the_subject_is_the_actor_only_where_names_and_birth_or_address_agree(line: str, is_self: bool | None) -> None:  # noqa: FBT001
    """A namesake is another person, mother and daughter of one name are two, and a car is no person."""
    assert features(access=LOOK, staff=STAFF, subject=subject(line))["is_self"] is is_self


def test_a_tie_is_of_the_day_of_the_look() -> None:
    """An address that the actor moved to later is no tie; the one of the day is."""
    moved = """
    person | employment | surname | forename | date_of_birth | address       | valid_from       | valid_to
    4127   | officer    | Alder   | Ann      | 1980-01-01    | 1 High Street | 2020-01-01 00:00 | 2026-10-14 10:00
    4127   | officer    | Alder   | Ann      | 1980-01-01    | 7 New Street  | 2026-10-14 10:00 | 9999-12-31 00:00
    """
    at_new = features(
        access=LOOK, staff=moved, subject=subject("N1 | person | Cedar | Cat | 1990-09-09 | 7 New Street | - | -")
    )
    at_old = features(
        access=LOOK, staff=moved, subject=subject("N1 | person | Cedar | Cat | 1990-09-09 | 1 High Street | - | -")
    )

    assert at_new["same_address"] is True
    assert at_old["same_address"] is False


def test_a_home_that_was_shared_before_is_a_former_home() -> None:
    """Both lived at one address until 2024; of who is on record there only from then on it is not known."""
    staff = """
    person | employment | address       | valid_from       | valid_to
    4127   | officer    | 1 High Street | 2020-01-01 00:00 | 2024-01-01 00:00
    4127   | officer    | 7 New Street  | 2024-01-01 00:00 | 9999-12-31 00:00
    """
    known = "subject | subject_kind | address | valid_from\nN1 | person | "
    before = features(access=LOOK, staff=staff, subject=known + "1 High Street | 2022-01-01 00:00")
    after = features(access=LOOK, staff=staff, subject=known + "1 High Street | 2024-01-01 00:00")
    today = features(access=LOOK, staff=staff, subject=known + "7 New Street | 2022-01-01 00:00")

    assert (before["shared_former_home"], before["at_former_home"]) == (True, True)
    assert (after["shared_former_home"], after["at_former_home"]) == (False, True)
    assert (today["shared_former_home"], today["at_former_home"], today["same_address"]) == (None, None, True)


def test_the_people_at_a_shared_address_are_counted() -> None:
    """Two people are on record at the actor's address, so it may be a household."""
    people = """
    N1 | person | Cedar | Cat | 1990-09-09 | 1 High Street | - | -
    N2 | person | Cedar | Cam | 2015-09-09 | 1 HIGH STREET | - | -
    """
    found = features(access=LOOK, staff=STAFF, subject=subject(people.strip()))

    assert (found["same_address"], found["people_at_address"]) == (True, 2)


def test_phone_and_postcode_are_compared_without_their_spaces() -> None:
    """Spelling does not hide a tie; a number of few digits is no number."""
    found = features(
        access=LOOK,
        staff=STAFF,
        subject=subject("N1 | person | Cedar | Cat | - | 3 High Street | dt11aa | 01305000001"),
    )
    short = features(
        access=LOOK,
        staff=STAFF.replace("01305 000001", "999         "),
        subject=subject("N1 | person | Cedar | Cat | - | 3 High Street | dt11aa | 999"),
    )

    assert (found["same_postcode"], found["same_phone"], found["same_address"]) == (True, True, False)
    assert short["same_phone"] is None


def test_a_declared_tie_counts_after_it_has_ended_and_not_before_it_began() -> None:
    """A former partner stays one; who is met next month is a stranger today."""
    tie = "person | subject | nature | valid_from | valid_to\n4127 | N1 | ex_partner | "

    assert (
        features(access=LOOK, association=tie + "2020-01-01 00:00 | 2023-01-01 00:00")["declared_nature"]
        == "ex-partner"
    )
    assert features(access=LOOK, association=tie + "2026-11-01 00:00 | 9999-12-31 00:00")["declared_nature"] is None


def test_who_lives_with_a_declared_associate_is_found() -> None:
    """The child of a former partner lives at the former partner's address; the associate himself is the declared tie."""
    people = """
    N1 | person | Dale | Dan | 2015-01-01 | 5 Mill Lane | - | -
    N2 | person | Dale | Dee | 1985-01-01 | 5 Mill Lane | - | -
    """
    tie = "person | subject | nature\n4127 | N2 | ex_partner"

    found = features(access=LOOK, subject=subject(people.strip()), association=tie)

    assert (found["lives_with_declared"], found["declared_nature"]) == (True, None)


def test_a_colleague_is_known_by_name_and_birth_and_never_oneself() -> None:
    """Name and date of birth of another member of staff; a namesake of another age is nobody's colleague."""
    posting = "person | unit\n4127 | B Relief\n5120 | B Relief"
    found = features(
        access=LOOK, staff=STAFF, posting=posting, subject=subject("N1 | person | Birch | Bob | 1985-05-05 | - | - | -")
    )
    namesake = features(access=LOOK, staff=STAFF, subject=subject("N1 | person | Birch | Bob | 1950-05-05 | - | - | -"))
    oneself = features(access=LOOK, staff=STAFF, subject=subject("N1 | person | Alder | Ann | 1980-01-01 | - | - | -"))

    assert (found["colleague"], found["colleague_in_unit"]) == ("5120", True)
    assert namesake["colleague"] is None
    assert oneself["colleague"] is None


#: A usual day: others are on duty from six to six, so that the roster of the day is known to have come in.
OTHERS = """
person | duty | status | valid_from       | valid_to
5120   | duty | worked | 2026-10-14 06:00 | 2026-10-14 18:00
5121   | duty | worked | 2026-10-14 06:00 | 2026-10-14 18:00
"""


@pytest.mark.parametrize(
    ("spells", "expected"),
    [
        ("4127 | duty | worked | 2026-10-14 06:00 | 2026-10-14 16:00", (1, 0, 0, 0, None)),
        ("4127 | duty | planned | 2026-10-14 06:00 | 2026-10-14 16:00", (1, 0, 0, 0, None)),
        ("4127 | duty | worked | 2026-10-14 00:00 | 2026-10-14 09:01", (1, 0, 0, 0, None)),
        ("4127 | duty | worked | 2026-10-14 00:00 | 2026-10-14 09:00", (1, 1, 0, 0, "no spell of duty")),
        ("4127 | duty | worked | 2026-10-13 06:00 | 2026-10-13 16:00", (1, 1, 0, 0, "no spell of duty")),
        ("4127 | rest_day | worked | 2026-10-14 00:00 | 2026-10-15 00:00", (1, 1, 0, 0, "rest day")),
        ("4127 | sick | worked | 2026-10-14 00:00 | 2026-10-15 00:00", (1, 1, 1, 0, "sick")),
        ("4127 | suspended | worked | 2026-10-01 00:00 | 2026-12-01 00:00", (1, 1, 0, 1, "suspended")),
        ("4127 | on_call | planned | 2026-10-14 00:00 | 2026-10-15 00:00", (1, 0, 0, 0, None)),
        ("4127 | duty | worked | 2026-09-01 06:00 | 2026-09-01 16:00", (None, None, None, None, None)),
    ],
)
def test_the_roster_tells_of_the_look(spells: str, expected: tuple[object, ...]) -> None:
    """Known, off duty, absent, suspended, in the roster's words; an hour's grace; silence where the roster has no rows."""
    found = features(access=LOOK, duty=OTHERS + spells)

    assert tuple(found[name] for name in ("duty_known", "off_duty", "absent", "suspended", "off_duty_as")) == expected


def test_a_recorded_absence_beats_a_planned_spell_and_work_beats_an_absence() -> None:
    """Sick on the day of a planned spell is off duty; a spell worked during leave is duty."""
    sick = "4127 | duty | planned | 2026-10-14 06:00 | 2026-10-14 16:00\n4127 | sick | worked | 2026-10-14 00:00 | 2026-10-15 00:00"
    back = "4127 | duty | worked | 2026-10-14 06:00 | 2026-10-14 16:00\n4127 | leave | planned | 2026-10-14 00:00 | 2026-10-15 00:00"

    assert features(access=LOOK, duty=OTHERS + sick)["off_duty"] == 1
    assert features(access=LOOK, duty=OTHERS + back)["off_duty"] == 0


def test_a_day_whose_roster_did_not_come_in_says_nothing() -> None:
    """The actor worked the day before, nobody has a spell on the day of the look: the file is missing, not the officer."""
    before = """
    person | duty | status | valid_from       | valid_to
    4127   | duty | worked | 2026-10-13 06:00 | 2026-10-13 16:00
    5120   | duty | worked | 2026-10-13 06:00 | 2026-10-13 16:00
    """

    assert features(access=LOOK, duty=before)["off_duty"] is None


OTHER_MATTER = "I0 | N9 | victim | 2026-09-01 00:00 | 2026-09-02 00:00"


@pytest.mark.parametrize(
    ("line", "matters"),
    [
        ("I1 | N1 | witness | 2026-10-01 00:00 | 2026-10-02 00:00", 1),
        ("I1 | N1 | witness | 2026-09-01 00:00 | 2026-09-16 10:00", 0),
        ("I1 | N1 | witness | 2026-09-01 00:00 | 2026-09-16 10:01", 1),
        ("I1 | N1 | witness | 2026-10-21 10:00 | 2026-10-22 00:00", 0),
        ("I1 | N1 | witness | 2026-10-21 09:59 | 2026-10-22 00:00", 1),
        ("I1 | N2 | witness | 2026-10-01 00:00 | 2026-10-02 00:00", 0),
    ],
)
def test_matters_around_the_subject_are_counted_from_28_days_before_to_7_after(line: str, matters: int) -> None:
    """Intervals are half-open: a matter that ends exactly 28 days before, or begins exactly 7 days after, is outside."""
    involvement = f"incident | subject | role | valid_from | valid_to\n{OTHER_MATTER}\n{line}"

    assert features(access=LOOK, involvement=involvement)["matters"] == matters


def test_no_matter_is_said_only_where_records_of_involvement_go_back_to_the_look() -> None:
    """Records that begin the day after the look cannot tell what was before."""
    involvement = (
        "incident | subject | role | valid_from | valid_to\nI1 | N2 | witness | 2026-10-15 00:00 | 2026-10-16 00:00"
    )

    assert features(access=LOOK, involvement=involvement)["matters"] is None


def test_a_task_and_a_briefing_are_matters_too() -> None:
    """One incident, one task and one briefing make three."""
    spell = "2026-10-10 00:00 | 2026-10-12 00:00"
    found = features(
        access=LOOK,
        involvement=f"incident | subject | role | valid_from | valid_to\nI1 | N1 | witness | {spell}",
        tasking=f"task | subject | queue | valid_from | valid_to\nT1 | N1 | disclosure | {spell}",
        briefing=f"briefing | subject | valid_from | valid_to\nB1 | N1 | {spell}",
    )

    assert found["matters"] == 1 + 1 + 1


def test_matters_lie_elsewhere_only_where_all_areas_are_known() -> None:
    """Posted to Weymouth, the matter in Poole: elsewhere; with a second matter in Weymouth, or of no area, it is not said."""
    posting = "person | unit | area\n4127 | B Relief | Weymouth"
    spell = "2026-10-10 00:00 | 2026-10-12 00:00"
    head = "incident | subject | role | valid_from | valid_to\n"
    incident = f"incident | incident_kind | area | valid_from | valid_to\nI1 | crime | Poole | {spell}\n"
    one = features(access=LOOK, posting=posting, incident=incident, involvement=f"{head}I1 | N1 | victim | {spell}")
    both = f"{head}I1 | N1 | victim | {spell}\nI2 | N1 | victim | {spell}"
    two = features(
        access=LOOK, posting=posting, incident=incident + f"I2 | crime | Weymouth | {spell}", involvement=both
    )
    unknown = features(access=LOOK, posting=posting, incident=incident + f"I2 | crime | - | {spell}", involvement=both)

    assert one["matters_elsewhere"] is True
    assert two["matters_elsewhere"] is False
    assert unknown["matters_elsewhere"] is None


@pytest.mark.parametrize(
    ("reason", "vague"),
    [
        (".", 1),
        ("Enq ", 1),
        ("police purposes", 1),
        ("ab", 1),
        ("burglary at the mill, speaking to witness", 0),
        ("DV call", 0),
    ],
)
def test_a_reason_that_says_nothing_is_counted(reason: str, vague: int) -> None:
    """The pack's list, and texts of fewer than three letters or digits."""
    access = f"actor | subject | occurred_at | stated_purpose\n4127 | N1 | 2026-10-14 10:00 | {reason}"

    assert features(access=access)["vague_reasons"] == vague


def test_a_vague_word_beside_a_reference_can_be_checked() -> None:
    """With a reference quoted the word is not the reason."""
    access = (
        "actor | subject | occurred_at | stated_purpose | quoted_reference\n4127 | N1 | 2026-10-14 10:00 | enq | I1"
    )

    assert features(access=access)["vague_reasons"] == 0


def test_no_reason_counts_only_in_a_system_that_takes_one() -> None:
    """Nine of ten accesses to `pnc` give a reason, none to `records` does: only the tenth on `pnc` is missing one."""
    asked = "\n".join(
        f"5120 | N{number} | 2026-10-14 09:00 | pnc | arrest enquiry at the station | explained"
        for number in range(10, 19)
    )
    access = f"""
    actor | subject | occurred_at | system | stated_purpose | state
    4127  | N1 | 2026-10-14 10:00 | pnc     | - | unexplained
    4127  | N2 | 2026-10-14 10:00 | records | - | unexplained
    {asked}
    """
    rows = all_features(access=access)

    assert [row["reasons_missing"] for row in rows] == [1, 0]


INVOLVED = """
incident    | subject | role
2026-114233 | N7      | victim
2026-114234 | N1      | witness
"""
INCIDENTS = "incident | incident_kind | parent\n2026-114233 | crime | -\n2026-114234 | crime | -\n2026-555555 | crime | 2026-114234"


@pytest.mark.parametrize(
    ("reference", "fitting", "unknown"),
    [
        ("2026-114234", 1, 0),
        ("2026/114234", 1, 0),
        ("2026-987654", 0, 1),
        ("2026-555555", 1, 0),
        ("2026-114299", 1, 0),
    ],
)
def test_a_reference_is_held_against_what_is_on_record(reference: str, fitting: int, unknown: int) -> None:
    """Fits in any spelling, through a parent, or but for a slip of two keys; else it is unknown."""
    access = f"""
    actor | subject | occurred_at | quoted_reference | state
    4127  | N1 | 2026-10-14 10:00 | {reference}      | unexplained
    5120  | N7 | 2026-10-14 10:00 | 2026-114233      | explained
    """
    found = features(access=access, incident=INCIDENTS, involvement=INVOLVED)

    assert (found["references_fitting"], found["references_unknown"]) == (fitting, unknown)
    assert found["references_unrelated"] == 0


def test_a_reference_of_someone_elses_matter_is_unrelated() -> None:
    """The number exists and names another subject."""
    access = "actor | subject | occurred_at | quoted_reference\n4127 | N3 | 2026-10-14 10:00 | 2026-114233"
    found = features(access=access, incident=INCIDENTS, involvement=INVOLVED)

    assert (found["references_unrelated"], found["reference_unrelated"]) == (1, "2026-114233")


def test_a_matter_without_any_part_on_record_does_not_tell() -> None:
    """Nobody is recorded in the incident, so that the subject's absence from it says nothing."""
    access = "actor | subject | occurred_at | quoted_reference\n4127 | N3 | 2026-10-14 10:00 | 2026-777777"
    incidents = "incident | incident_kind\n2026-777777 | crime"

    assert features(access=access, incident=incidents)["references_unrelated"] == 0


def test_references_of_another_kind_are_not_unknown() -> None:
    """A system whose references are mostly not ours (half or more) is not held against our numbers."""
    access = """
    actor | subject | occurred_at | quoted_reference | state
    4127  | N1 | 2026-10-14 10:00 | TICKET-77        | unexplained
    5120  | N7 | 2026-10-14 10:00 | TICKET-12        | explained
    5121  | N8 | 2026-10-14 10:00 | 2026-114233      | explained
    """

    assert features(access=access, incident=INCIDENTS, involvement=INVOLVED)["references_unknown"] == 0


def test_a_reference_that_may_hold_a_name_is_not_repeated() -> None:
    """Words typed in place of a number stay out of the sentence."""
    access = """
    actor | subject | occurred_at | quoted_reference | state
    4127  | N1 | 2026-10-14 10:00 | Cat Cedar of Mill Lane | unexplained
    5120  | N7 | 2026-10-14 10:00 | 2026-114233      | explained
    """

    assert (
        features(access=access, incident=INCIDENTS, involvement=INVOLVED)["reference_unknown"]
        == "(a text that is no number)"
    )


def test_one_reference_for_many_subjects_is_counted_over_the_actors_subjects() -> None:
    """Three subjects with no part in it; another actor's use does not add."""
    access = """
    actor | subject | occurred_at | quoted_reference
    4127  | N3 | 2026-10-14 10:00 | 2026-114233
    4127  | N4 | 2026-10-14 11:00 | 2026 114233
    4127  | N5 | 2026-10-15 10:00 | 2026-114233
    5120  | N6 | 2026-10-15 10:00 | 2026-114233
    """
    rows = all_features(access=access, incident=INCIDENTS, involvement=INVOLVED)

    assert [row["reference_subjects"] for row in rows] == [3, 3, 3, 1]


def test_unexplained_readers_are_counted_within_a_week() -> None:
    """Three actors in the week, one a fortnight later; an explained reader is none."""
    access = """
    actor | subject | occurred_at | state
    4127  | N1 | 2026-10-14 10:00 | unexplained
    5120  | N1 | 2026-10-15 10:00 | unexplained
    5121  | N1 | 2026-10-21 10:00 | unexplained
    5122  | N1 | 2026-10-28 11:00 | unexplained
    5123  | N1 | 2026-10-14 11:00 | explained
    """
    rows = all_features(access=access)

    assert rows[0]["unexplained_readers"] == 3


def test_a_marker_is_read_as_at_the_look() -> None:
    """A public figure by the marker of the day."""
    marked = "subject | subject_kind | marker\nN1 | person | public_figure"

    assert features(access=LOOK, subject=marked)["public_figure"] is True


def test_a_trawl_is_told_by_subjects_that_nothing_explains_and_their_share() -> None:
    """Six subjects without explanation and two with: 6 and 0.75."""
    access = "actor | subject | occurred_at | state\n" + "\n".join(
        f"4127 | N{number} | 2026-10-14 10:{number:02} | {'unexplained' if number < 6 else 'explained'}"
        for number in range(8)
    )
    rows = all_features(access=access)

    assert {(row["unexplained_subjects_that_day"], row["unexplained_share_that_day"]) for row in rows} == {(6, 6 / 8)}


def test_the_rest_of_the_unit_is_what_an_actor_is_held_against() -> None:
    """The others of the unit made 100 accesses, 20 of them unexplained: a share of 0.2, whatever the actor's own is."""
    others = "\n".join(
        f"5120 | N{number} | 2026-10-14 09:00 | {'unexplained' if number < 120 else 'explained'}"
        for number in range(100, 200)
    )
    access = f"actor | subject | occurred_at | state\n4127 | N1 | 2026-10-14 10:00 | unexplained\n{others}"
    posting = "person | unit\n4127 | B Relief\n5120 | B Relief"
    found = all_features(access=access, posting=posting)[0]
    alone = features(access=LOOK, posting=posting)

    assert found["peers_unexplained_share"] == 20 / 100
    assert alone["peers_unexplained_share"] is None


@pytest.mark.parametrize(
    ("day", "state", "looks"),
    [("13", "explained", 1), ("15", "explained", 1), ("12", "explained", None), ("14", "weak", None)],
)
def test_work_with_the_household_speaks_for_the_actor(day: str, state: str, looks: int | None) -> None:
    """Explained work with someone at the subject's address a day before or after; not two days, and not without a reason."""
    access = f"""
    actor | subject | occurred_at | state
    4127  | N1 | 2026-10-14 10:00 | unexplained
    4127  | N2 | 2026-10-{day} 09:00 | {state}
    """
    people = """
    N1 | person | Cedar | Cat | 1990-09-09 | 3 Mill Lane | - | -
    N2 | person | Cedar | Cam | 1992-09-09 | 3 Mill Lane | - | -
    """

    assert all_features(access=access, subject=subject(people.strip()))[0]["household_work"] == looks


#: A patient whom Ward 7 has, and what the actor's postings are.
WARD = "incident | person | unit | role | valid_from | valid_to\nS-5 | - | Ward 7 | ward | 2026-10-10 09:00 | 2026-10-20 09:00"
PATIENT = "incident | subject | role\nS-5 | N1 | patient"


@pytest.mark.parametrize(
    ("postings", "unit"),
    [
        ("4127 | Ward 7 | 2025-01-01 00:00 | 2026-09-01 00:00\n4127 | Ward 9 | 2026-09-01 00:00 | -", "Ward 7"),
        ("4127 | Ward 7 | 2025-01-01 00:00 | -", None),
        ("4127 | Ward 7 | 2025-01-01 00:00 | 2026-09-01 00:00\n4127 | Ward 7 | 2026-10-01 00:00 | -", None),
        ("4127 | Ward 7 | 2024-01-01 00:00 | 2025-10-01 00:00", None),
        ("4127 | Ward 8 | 2025-01-01 00:00 | 2026-09-01 00:00", None),
    ],
    ids=["moved on", "serves there", "came back", "left more than a year before", "left another unit"],
)
def test_a_unit_at_work_on_the_subject_that_the_actor_has_left(postings: str, unit: str | None) -> None:
    """The unit counts from the day on which he left it, for a year, unless he serves there again."""
    found = features(
        access=LOOK,
        involvement=PATIENT,
        assignment=WARD,
        posting=f"person | unit | valid_from | valid_to\n{postings}",
    )
    assert found["former_unit"] == unit
    assert found["looks_after_leaving"] == (None if unit is None else 1)


def test_a_unit_is_at_work_through_those_who_serve_in_it() -> None:
    """Somebody else's work makes the old unit one at work on the subject; the actor's own unfinished work does not."""
    postings = """
    person | unit   | valid_from       | valid_to
    4127   | Team A | 2025-01-01 00:00 | 2026-09-01 00:00
    5120   | Team A | 2025-01-01 00:00 | -
    """
    for worker, unit in (("5120", "Team A"), ("4127", None)):
        assignment = (
            f"incident | person | role | valid_from | valid_to\nS-5 | {worker} | case_worker | 2026-08-01 09:00 | -"
        )
        found = features(access=LOOK, involvement=PATIENT, assignment=assignment, posting=postings)
        assert found["former_unit"] == unit, worker


def test_shape_counts_by_state_and_channel() -> None:
    """Two looks on two days, one printed; the explained and the pending access are counted apart and make no look."""
    access = """
    actor | subject | occurred_at | state | channel | strength | template | awaits
    4127  | N1 | 2026-10-14 10:00 | unexplained | print | 0 | - | -
    4127  | N1 | 2026-10-16 10:00 | weak        | view  | 0.4 | same_unit | -
    4127  | N1 | 2026-10-17 10:00 | explained   | view  | 0.97 | assigned | -
    4127  | N1 | 2026-10-18 10:00 | pending     | print | 0 | - | duty
    """
    found = features(access=access)

    names = ("looks", "days", "span_days", "printed", "unexplained", "weak", "explained", "pending")
    assert tuple(found[name] for name in names) == (2, 2, 2, 1, 1, 1, 1, 1)
    assert (found["strongest_weak"], found["weak_template"], found["awaits"]) == (0.4, "same_unit", "duty")


@pytest.mark.parametrize(
    ("actor", "name"),
    [("4127", "PC 4127"), ("9999", "staff member 9999"), ("account:x1", "the holder of account x1")],
)
def test_an_actor_is_called_by_rank_and_number(actor: str, name: str) -> None:
    """Who has no rank on record is a staff member; an account that nobody is known to hold is called that."""
    access = f"actor | subject | occurred_at\n{actor} | N1 | 2026-10-14 10:00"

    assert features(access=access, staff=STAFF)["actor_name"] == name
