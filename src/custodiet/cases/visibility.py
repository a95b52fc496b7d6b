"""Walls: who may see what of a matter, by role, tie and state. What is walled and what does not exist look the same.

1. Nobody sees his own matter, or that of kin, household or someone to whom a tie was declared: as actor or as subject.
   This binds every role, administrators included.
2. Who works with findings sees none of his own line or team; those go to another person or force.
3. A covert matter is seen only by those named in it.
4. A direct supervisor sees the question page or sample row put to him for a report of his: never finding, score, signals.
5. The actor who was asked sees the neutral question and his own answer, and nothing else.
6. Several roles: what one of them may never see, the others do not open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from custodiet.errors import Refused
from custodiet.model.findings import Finding
from custodiet.relations.query import Query

#: Writes side, id, tie for `$staff_number` at `$as_at`; read into `Walls`.
WALL = Query("custodiet.cases", "wall.sql")
#: The words for a finding that is not there, and for one that the reader may not see.
ABSENT = "There is no such finding."


class Role(StrEnum):
    """What a principal is, in his own duty."""

    ANALYST = "analyst"
    INVESTIGATOR = "investigator"
    APPROPRIATE_AUTHORITY = "appropriate_authority"
    AUDITOR_OF_AUDITORS = "auditor_of_auditors"
    DATA_PROTECTION = "data_protection"
    FREEDOM_OF_INFORMATION = "freedom_of_information"
    TRAINING = "training"
    ADMINISTRATOR = "administrator"


class Tie(StrEnum):
    """What a principal is to the actor or the subject of a matter."""

    SELF = "self"
    KIN = "kin"  # kin, household, declared associates
    SUPERVISOR = "supervisor"  # the actor supervises the principal
    SUPERVISED = "supervised"  # the principal supervises the actor directly
    LINE = "line"  # the same line or unit


class Sight(IntEnum):
    """How much of a matter may be seen, from nothing to everything that the role works with."""

    NOTHING = 0
    OWN_ANSWER = 1  # the neutral question and his own answer
    QUESTION = 2  # the question page or a sample row
    COUNTS = 3  # counts and decisions of the duty
    BY_ROLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks: the principal, his staff number where he has one, and his roles."""

    principal: str
    staff_number: str | None = None
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What the walls ask about a matter besides its people."""

    covert: bool = False
    named: frozenset[str] = frozenset()  # principals who are named in a covert matter
    asked: frozenset[str] = frozenset()  # principals to whom a question on it, or a sample row of it, was put


OPEN = Matter()
_FINDERS = frozenset({Role.ANALYST, Role.INVESTIGATOR, Role.APPROPRIATE_AUTHORITY, Role.AUDITOR_OF_AUDITORS})
_TEAM = frozenset({Tie.LINE, Tie.SUPERVISOR, Tie.SUPERVISED})


def sight(viewer: Viewer, ties: frozenset[Tie], matter: Matter = OPEN) -> Sight:
    """Return how much of a matter the viewer may see, given his ties to its actor and subject."""
    if Tie.SELF in ties:
        asked = viewer.principal in matter.asked and not matter.covert
        return Sight.OWN_ANSWER if asked else Sight.NOTHING
    if Tie.KIN in ties:
        return Sight.NOTHING
    if matter.covert and viewer.principal not in matter.named:
        return Sight.NOTHING
    if not viewer.roles - {Role.ADMINISTRATOR}:
        return _without_role(viewer, ties, matter)
    return min(_by_role(role, ties) for role in viewer.roles - {Role.ADMINISTRATOR})


def _without_role(viewer: Viewer, ties: frozenset[Tie], matter: Matter) -> Sight:
    put_to_him = Tie.SUPERVISED in ties and viewer.principal in matter.asked and not matter.covert
    return Sight.QUESTION if put_to_him else Sight.NOTHING


def _by_role(role: Role, ties: frozenset[Tie]) -> Sight:
    tied = bool(ties & _TEAM)
    if role in _FINDERS:
        return Sight.NOTHING if tied else Sight.BY_ROLE
    return Sight.COUNTS if tied else Sight.BY_ROLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """The ties of one viewer to actors and subjects; without ties nothing is walled."""

    actors: frozenset[tuple[str, Tie]] = frozenset()
    subjects: frozenset[tuple[str, Tie]] = frozenset()

    def ties(self, actor: str, subject: str) -> frozenset[Tie]:
        """Return the viewer's ties to the actor and the subject of a matter."""
        to_actor = {tie for tie in Tie if (actor, tie) in self.actors}
        return frozenset(to_actor | {tie for tie in Tie if (subject, tie) in self.subjects})


#: Nothing is walled from who has no staff number and no tie that is known.
NO_WALLS = Walls()


def walls_from(rows: Iterable[tuple[str, str, str]]) -> Walls:
    """Return the walls that rows of side, id and tie say."""
    kept = [(side, name, Tie(tie)) for side, name, tie in rows]
    return Walls(
        actors=frozenset((name, tie) for side, name, tie in kept if side == "actor"),
        subjects=frozenset((name, tie) for side, name, tie in kept if side == "subject"),
    )


def may_see(viewer: Viewer, walls: Walls, finding: Finding, matter: Matter = OPEN) -> bool:
    """Tell whether the viewer may see the finding itself, with its score and signals."""
    return sight(viewer, walls.ties(finding.actor, finding.subject), matter) is Sight.BY_ROLE


def required(viewer: Viewer, walls: Walls, finding: Finding | None, matter: Matter = OPEN) -> Finding:
    """Return the finding; raises Refused in the same words where it is walled and where it does not exist."""
    if finding is None or not may_see(viewer, walls, finding, matter):
        raise Refused(ABSENT)
    return finding
