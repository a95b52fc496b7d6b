"""What two runs say differently, and by what it came: of accesses and of findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from custodiet.model.explanations import State


class ChangeKind(StrEnum):
    """What became of an access between two runs. The kinds are disjoint: the first that fits, the gravest first."""

    REOPENED = "reopened"  # was explained, is not any more
    EXPLAINED = "explained"  # was not explained, is now
    PENDING = "pending"  # waits now for a source of context
    WAITED_IN_VAIN = "waited_in_vain"  # what it waited for came without explaining it
    WEAKER = "weaker"  # less strength
    STRONGER = "stronger"  # more strength
    OTHER_STATE = "other_state"  # equal strength, another state: the pack's thresholds moved
    OTHER_REASON = "other_reason"  # the same state and strength by other rows or another template
    ATTRIBUTED = "attributed"  # nothing but the actor or the subject that it counts for


class CauseKind(StrEnum):
    """What did it."""

    CAME = "came"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    SPLIT = "split"
    CROWD = "crowd"  # more or fewer people could say the same through a row that it rests on
    CLOCK = "clock"  # a source delivered up to its time, began to, or is taken as ended
    PACKS = "packs"
    CODE = "code"
    REQUESTER = "requester"  # what the requester's reason rested on besides the rows that are kept with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One row that changed between two runs, and the entry of the ledger that did it; or the clock, the pack, the code."""

    cause: CauseKind
    fact: int | None = None  # ledger index of the row that stands, or stood
    entry: int | None = None  # ledger index of the entry since which that is known
    kind: str | None = None  # of the fact; "access" where a look came late
    source: str | None = None  # of the entry
    recorded_at: datetime | None = None  # when the source recorded what the entry says
    known_at: datetime | None = None  # when the entry's delivery was taken in
    through: int | None = None  # the access on which this one rests, where its reason is what changed
    subject: str | None = None  # of a merge: the number that was merged away
    survivor: str | None = None  # of a merge: the number that goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """One access of which two runs say different things."""

    access: int
    change: ChangeKind
    before: State
    after: State
    strength_before: float
    strength_after: float
    template_before: str | None
    template_after: str | None
    awaited: str | None  # kind and source
    occurred_at: datetime
    actor_before: str
    actor_after: str
    subject_before: str
    subject_after: str
    causes: tuple[Cause, ...] = ()


class FindingChangeKind(StrEnum):
    """What became of a finding between two runs; disjoint."""

    REOPENED = "reopened"  # is in the queue again, since an access that was explained is so no more
    ENTERED = "entered"
    PARTED = "parted"  # has accesses that were another finding's, which is still there
    RENAMED = "renamed"  # the same accesses under another name
    MOVED = "moved"  # its own score or counts changed
    JOINED = "joined"  # its accesses are another finding's now
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a finding stood in the queue of one run."""

    rank: int
    score: int
    accesses: int
    unexplained: int
    weak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """One finding of which two runs say different things."""

    finding: str
    change: FindingChangeKind
    other: str | None  # the name before, or the finding that it joined or parted from
    actor: str
    subject: str
    first_at: datetime
    before: Standing | None
    after: Standing | None
