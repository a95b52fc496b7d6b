"""Who may see what: each cell of the table of walls."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from custodiet.cases.visibility import (
    ABSENT,
    NO_WALLS,
    Matter,
    Role,
    Sight,
    Tie,
    Viewer,
    may_see,
    required,
    sight,
    walls_from,
)
from custodiet.errors import Refused
from custodiet.model.findings import Finding

FINDERS = (Role.ANALYST, Role.INVESTIGATOR, Role.APPROPRIATE_AUTHORITY, Role.AUDITOR_OF_AUDITORS)
DUTIES = (Role.DATA_PROTECTION, Role.FREEDOM_OF_INFORMATION, Role.TRAINING)
COVERT = Matter(covert=True, named=frozenset({"named"}), asked=frozenset({"asked"}))
ASKED = Matter(asked=frozenset({"asked"}))
OPEN = Matter()


def viewer(*roles: Role, principal: str = "someone") -> Viewer:
    """Return a viewer with these roles."""
    return Viewer(principal=principal, staff_number="5120", roles=frozenset(roles))


@pytest.mark.parametrize("role", FINDERS)
@pytest.mark.parametrize(
    ("principal", "tie", "matter", "expected"),
    [
        ("someone", Tie.SELF, OPEN, Sight.NOTHING),
        ("someone", Tie.KIN, OPEN, Sight.NOTHING),
        ("someone", Tie.LINE, OPEN, Sight.NOTHING),
        ("someone", Tie.SUPERVISOR, OPEN, Sight.NOTHING),
        ("someone", Tie.SUPERVISED, OPEN, Sight.NOTHING),
        ("someone", None, COVERT, Sight.NOTHING),
        ("named", None, COVERT, Sight.BY_ROLE),
        ("named", Tie.SELF, COVERT, Sight.NOTHING),
        ("named", Tie.KIN, COVERT, Sight.NOTHING),
        ("named", Tie.LINE, COVERT, Sight.NOTHING),
        ("someone", None, OPEN, Sight.BY_ROLE),
    ],
)
def test_who_works_with_findings(role: Role, principal: str, tie: Tie | None, matter: Matter, expected: Sight) -> None:
    """Never his own, his kin's, his line's; covert only if named; anything else by role."""
    assert sight(viewer(role, principal=principal), frozenset({tie} if tie else ()), matter) is expected


@pytest.mark.parametrize(
    ("principal", "tie", "matter", "expected"),
    [
        ("asked", Tie.SELF, ASKED, Sight.OWN_ANSWER),
        ("asked", Tie.KIN, ASKED, Sight.NOTHING),
        ("asked", Tie.SUPERVISED, ASKED, Sight.QUESTION),
        ("asked", Tie.SUPERVISED, OPEN, Sight.NOTHING),
        ("asked", Tie.SUPERVISED, COVERT, Sight.NOTHING),
        ("someone", Tie.SUPERVISED, ASKED, Sight.NOTHING),
        ("asked", Tie.LINE, ASKED, Sight.NOTHING),
        ("asked", Tie.SUPERVISOR, ASKED, Sight.NOTHING),
        ("asked", None, ASKED, Sight.NOTHING),
        ("someone", None, OPEN, Sight.NOTHING),
    ],
)
def test_a_direct_supervisor(principal: str, tie: Tie | None, matter: Matter, expected: Sight) -> None:
    """He sees the question put to him for a report of his, and never a finding, a covert matter or anything else."""
    assert sight(viewer(principal=principal), frozenset({tie} if tie else ()), matter) is expected


@pytest.mark.parametrize(
    ("principal", "matter", "expected"),
    [
        ("asked", ASKED, Sight.OWN_ANSWER),
        ("asked", OPEN, Sight.NOTHING),
        ("asked", COVERT, Sight.NOTHING),
        ("someone", ASKED, Sight.NOTHING),
    ],
)
@pytest.mark.parametrize("roles", [(), (Role.ANALYST,), (Role.ADMINISTRATOR,)])
def test_the_actor_who_was_asked(roles: tuple[Role, ...], principal: str, matter: Matter, expected: Sight) -> None:
    """He sees the neutral question and his own answer, whatever his role; nothing before he is asked, nothing covert."""
    assert sight(viewer(*roles, principal=principal), frozenset({Tie.SELF}), matter) is expected


@pytest.mark.parametrize("role", DUTIES)
@pytest.mark.parametrize(
    ("principal", "tie", "matter", "expected"),
    [
        ("someone", Tie.SELF, OPEN, Sight.NOTHING),
        ("someone", Tie.KIN, OPEN, Sight.NOTHING),
        ("someone", Tie.LINE, OPEN, Sight.COUNTS),
        ("someone", Tie.SUPERVISED, OPEN, Sight.COUNTS),
        ("someone", None, COVERT, Sight.NOTHING),
        ("named", None, COVERT, Sight.BY_ROLE),
        ("someone", None, OPEN, Sight.BY_ROLE),
    ],
)
def test_data_protection_freedom_of_information_and_training(
    role: Role, principal: str, tie: Tie | None, matter: Matter, expected: Sight
) -> None:
    """Counts and decisions of the own line, nothing of kin, covert only if named, anything else by role."""
    assert sight(viewer(role, principal=principal), frozenset({tie} if tie else ()), matter) is expected


@pytest.mark.parametrize("tie", [*Tie, None])
def test_an_administrator_sees_no_matter(tie: Tie | None) -> None:
    """Keeping the system is no reason to see what is in it."""
    assert sight(viewer(Role.ADMINISTRATOR), frozenset({tie} if tie else ())) is Sight.NOTHING


@pytest.mark.parametrize("role", [*Role])
@pytest.mark.parametrize("tie", [Tie.SELF, Tie.KIN])
def test_self_and_kin_bind_everyone(role: Role, tie: Tie) -> None:
    """No role opens one's own matter or that of kin, not even for who is named in it."""
    for matter in (OPEN, COVERT):
        assert (
            sight(viewer(role, Role.INVESTIGATOR, principal="named"), frozenset({tie, Tie.LINE}), matter)
            is Sight.NOTHING
        )


def test_a_second_role_opens_nothing_that_the_first_may_never_see() -> None:
    """An analyst who also answers requests for information sees nothing of his own team, not even counts."""
    both = viewer(Role.ANALYST, Role.FREEDOM_OF_INFORMATION)

    assert sight(both, frozenset({Tie.LINE})) is Sight.NOTHING
    assert sight(both, frozenset()) is Sight.BY_ROLE


def finding(actor: str = "4127", subject: str = "N1") -> Finding:
    """Return a finding without signals."""
    at = datetime(2026, 10, 14, 10, tzinfo=UTC)
    return Finding(
        finding="F-ABCDEFGH", rank=1, actor=actor, subject=subject, first_at=at, last_at=at,
        accesses=1, unexplained=1, systems=("records",), signals=(), nearest_miss="",
    )  # fmt: skip


def test_walled_and_missing_are_the_same_words() -> None:
    """The refusals for a walled finding and for none differ in nothing."""
    walls = walls_from([("actor", "4127", "line")])
    with pytest.raises(Refused) as walled:
        required(viewer(Role.ANALYST), walls, finding())
    with pytest.raises(Refused) as missing:
        required(viewer(Role.ANALYST), walls, None)

    assert str(walled.value) == str(missing.value) == ABSENT
    assert walled.value.exit_code == missing.value.exit_code == 5


def test_a_finding_is_walled_by_its_actor_or_by_its_subject() -> None:
    """A tie to either keeps it away; a tie to others does not."""
    walls = walls_from([("actor", "4127", "line"), ("subject", "N2", "kin"), ("subject", "4127", "self")])
    analyst = viewer(Role.ANALYST)

    assert not may_see(analyst, walls, finding("4127", "N1"))
    assert not may_see(analyst, walls, finding("6000", "N2"))
    assert may_see(analyst, walls, finding("6000", "N1"))
    assert may_see(analyst, NO_WALLS, finding("4127", "N2"))
    assert required(analyst, walls, finding("6000", "N1")) == finding("6000", "N1")


def test_an_unknown_tie_is_an_error_and_not_an_open_door() -> None:
    """What cannot be read does not pass as no tie."""
    with pytest.raises(ValueError, match="cousin-in-arms"):
        walls_from([("actor", "4127", "cousin-in-arms")])
