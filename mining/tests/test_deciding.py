"""The life of a proposal: sentences judged blind, shadow, two people, and nothing out of order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from custodiet.app.vault import Principal
from custodiet.errors import BadInput, Refused
from custodiet_mining import blind, duties
from custodiet_mining.blind import Answers, Shown
from custodiet_mining.story import Stage, Story, stories

AT = "2026-11-02T10:00:00.000000Z"
LATER = datetime(2026, 12, 24, tzinfo=UTC)
MINED = {
    "act": "mined",
    "by": "ann",
    "at": AT,
    "run": "R-1-0123456789ab",
    "name": "mined_x",
    "template": "t",
    "figures": {},
    "sample": "s",
}
MARKED = {
    "act": "marked",
    "of": 7,
    "by": "ben",
    "at": AT,
    "sample": "s",
    "accepted": [1, 2, 3],
    "doubted": [4],
    "fakes": 1,
    "fakes_accepted": 0,
}
SHADOWED = {"act": "shadowed", "of": 7, "by": "ben", "at": AT, "until": "2026-12-01", "template": "edited"}
COUNTED = {
    "act": "counted",
    "of": 7,
    "by": "ben",
    "at": AT,
    "run": "R-1-0123456789ab",
    "residue": 9,
    "matched": 3,
    "would_close": 2,
}


def approved(by: str) -> dict[str, Any]:
    """Return the record of an approval."""
    return {"act": "approved", "of": 7, "by": by, "at": AT, "post": "investigator"}


def told(*after: dict[str, Any]) -> Story:
    """Return the proposal after these records."""
    records = [(3, {"act": "allowed"}), (7, MINED), *((10 + n, record) for n, record in enumerate(after))]
    return stories(records)[7]


def principal(login: str, staff: str | None = "1", *roles: str) -> Principal:
    """Return a principal, an investigator unless said otherwise."""
    return Principal(login=login, staff=staff, roles=frozenset(roles or ("investigator",)))


def test_a_proposal_goes_from_stage_to_stage() -> None:
    """Mined, proposed once it was judged, shadow, approved by the second of two, retired whenever somebody says so."""
    whole = (MARKED, SHADOWED, COUNTED, approved("cat"), approved("dan"))
    stages = [told(*whole[:count]).stage for count in range(len(whole) + 1)]
    assert stages == [Stage.MINED, Stage.PROPOSED, Stage.SHADOW, Stage.SHADOW, Stage.SHADOW, Stage.APPROVED]
    assert told({"act": "retired", "of": 7, "by": "ann", "at": AT, "reason": "x1"}).stage is Stage.RETIRED


def test_what_went_into_shadow_is_what_is_approved() -> None:
    """The text is the edited one from then on."""
    assert told(MARKED).template == "t"
    assert told(MARKED, SHADOWED).template == "edited"


@pytest.mark.parametrize("record", [{**MARKED, "of": 8}, {"act": "praised", "of": 7}, {**MARKED, "of": True}])
def test_records_that_make_no_sense_are_refused(record: dict[str, Any]) -> None:
    """A record of no proposal, or of an act that nobody knows, is bad input."""
    with pytest.raises(BadInput):
        told(record)


def test_nobody_judges_the_same_sentences_twice() -> None:
    """Who has marked them knows the fakes; another may still judge, and he too once new sentences were drawn."""
    story = told(MARKED)
    duties.check_markable(story, "ann")
    with pytest.raises(Refused, match="know which"):
        duties.check_markable(story, "ben")
    duties.check_markable(told(MARKED, {"act": "sampled", "of": 7, "sample": "new"}), "ben")


def test_what_nobody_judged_does_not_go_into_shadow() -> None:
    """Judging comes first; what is approved does not go back."""
    with pytest.raises(Refused, match="nobody has judged"):
        duties.check_shadowable(told())
    duties.check_shadowable(told(MARKED))
    with pytest.raises(Refused, match="approved"):
        duties.check_shadowable(told(MARKED, SHADOWED, approved("cat"), approved("dan")))


def test_the_shadow_is_served_to_its_end() -> None:
    """Before its last day nobody approves; on that day one may."""
    story = told(MARKED, SHADOWED)
    with pytest.raises(Refused, match="until 2026-12-01"):
        duties.check_approver(story, principal("cat"), None, datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    duties.check_approver(story, principal("cat"), None, datetime(2026, 12, 1, tzinfo=UTC))


def test_two_different_people_approve() -> None:
    """Neither the same login twice, nor one person under two logins, nor one whom no staff number tells from another."""
    story = told(MARKED, SHADOWED, approved("cat"))
    cat = principal("cat", "1")
    for second in (cat, principal("cat2", "1"), principal("dan", None)):
        with pytest.raises(Refused):
            duties.check_approver(story, second, cat, LATER)
    duties.check_approver(story, principal("dan", "2"), cat, LATER)
    with pytest.raises(Refused, match="only what stands in shadow"):
        duties.check_approver(told(MARKED), principal("dan", "2"), None, LATER)


def test_an_administrator_does_not_say_what_is_a_reason() -> None:
    """He may let mining in and no more; who approves may not let it in."""
    duties.check_allower(principal("root", "1", "administrator"))
    with pytest.raises(Refused, match="roles"):
        duties.check_approver(told(MARKED, SHADOWED), principal("root", "1", "administrator", "analyst"), None, LATER)
    with pytest.raises(Refused, match="roles"):
        duties.check_allower(principal("cat"))


@pytest.mark.parametrize(
    ("settings", "acts", "expected"),
    [
        ({"mining": True}, ["allowed"], True),
        ({}, ["allowed"], False),
        ({"mining": True}, [], False),
        ({"mining": "true"}, ["allowed"], False),
        ({"mining": True}, ["allowed", "forbidden"], False),
        ({"mining": True}, ["allowed", "forbidden", "allowed", "mined"], True),
    ],
)
def test_mining_is_off_unless_the_settings_and_the_ledger_both_say_so(
    settings: dict[str, Any], acts: list[str], *, expected: bool
) -> None:
    """A line in a file is not enough, nor is a word that was taken back."""
    assert duties.is_allowed(settings, [(n, {"act": act}) for n, act in enumerate(acts)]) is expected


LOOKS = [Shown(actor=f"p{n % 7}", subject=f"s{n}", at=n, rests_on=(n,)) for n in range(20)]
FAKES = [("F2", Shown(actor=f"q{n}", subject=f"t{n}", at=n, rests_on=(100 + n,))) for n in range(2)]


def test_sentences_are_mixed_so_that_their_order_tells_nothing() -> None:
    """All are there once, another salt gives another order, and the answers name the fakes."""
    looks, answers = blind.mixed(LOOKS, FAKES, "salt")
    assert sorted(looks, key=str) == sorted([*LOOKS, *(one for _, one in FAKES)], key=str)
    assert {looks[number - 1].actor for number in answers.fakes} == {"q0", "q1"}
    assert blind.mixed(LOOKS, FAKES, "pepper")[0] != looks


def test_borrowed_fakes_tell_somebody_elses_rows() -> None:
    """The look is one's and the rows are an earlier one's, of another actor and another subject; no look serves twice."""
    rows = {look.rests_on: look for look in LOOKS}
    made = blind.borrowed(LOOKS, 3)
    assert len(made) == 3
    assert len({look.subject for _, look in made} | {rows[look.rests_on].subject for _, look in made}) == 6
    for family, look in made:
        owner = rows[look.rests_on]
        assert family == blind.BORROWED
        assert owner.actor != look.actor
        assert owner.subject != look.subject
        assert owner.at < look.at


def test_answers_cannot_be_changed_after() -> None:
    """The sealed file is read back; one byte of difference and it is refused."""
    answers = Answers(salt="s", fakes={3: "F2", 11: "borrowed"})
    assert blind.read_answers(answers.written(), answers.digest) == answers
    with pytest.raises(BadInput, match="sealed"):
        blind.read_answers(answers.written().replace(b'"3"', b'"4"'), answers.digest)


def test_marks_are_weighed_by_the_answers() -> None:
    """Accepted fakes are counted apart from accepted real sentences."""
    answers = Answers(salt="s", fakes={2: "F2", 5: "F4"})
    judged = blind.judged(answers, [1, 2, 3], [4, 5], [1, 2, 3, 4, 5])
    assert (judged.real, judged.real_accepted, judged.fakes, judged.fakes_accepted) == (3, 2, 2, 1)


@pytest.mark.parametrize(
    ("accepted", "doubted"), [([1, 2], []), ([1, 2, 3, 4], []), ([1, 2, 3], [3]), ([1, 1, 2, 3], [])]
)
def test_each_sentence_that_was_shown_is_marked_once(accepted: list[int], doubted: list[int]) -> None:
    """None is left out, none is marked twice, and none that was not shown is marked."""
    with pytest.raises(BadInput, match="Mark each"):
        blind.judged(Answers(salt="s", fakes={}), accepted, doubted, [1, 2, 3])
