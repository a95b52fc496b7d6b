"""One finding as it is laid before a person: who, whom, when, the reasons, and what to check next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from custodiet.model.access import Action, Channel, SubjectKind
from custodiet.model.explanations import State
from custodiet.model.findings import Finding
from custodiet.model.instants import Interval, as_utc

#: Most accesses of one finding listed one by one: a trawl has thousands.
MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLine:
    """One access of the episode, as a line of its timeline."""

    access: int  # ledger index
    occurred_at: datetime
    system: str
    action: Action
    channel: Channel
    state: State
    stated_purpose: str | None = None
    quoted_reference: str | None = None
    explanation: str | None = None  # the strongest sentence, where there is one

    def __post_init__(self) -> None:
        """Refuse a naive time."""
        as_utc(self.occurred_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySpell:
    """A spell of duty or absence of the actor, in the words of the `duty` kind of fact."""

    duty: str  # duty, overtime, on_call, court, training, leave, sick, rest_day, suspended
    status: str  # planned or worked
    during: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A finding with what its reader needs beside it. Post and role are those held at the time of the accesses."""

    finding: Finding
    actor: str  # rank and number, "PC 4127"; never a name
    employment: str | None  # officer, special, pcso, staff ...; None: not held
    unit: str | None
    role: str | None
    subject_kind: SubjectKind
    accesses: tuple[AccessLine, ...]  # in order of time; may be the first of many
    duty: tuple[DutySpell, ...]  # the spells that touch the days of the accesses; empty: no roster came in
    next_steps: tuple[str, ...]  # neutral: "Ask ...", "Check ..."

    def __post_init__(self) -> None:
        """Refuse more lines than accesses, lines out of order, and a card that says nothing to do."""
        if len(self.accesses) > self.finding.accesses:
            msg = f"finding {self.finding.finding} has {self.finding.accesses} accesses but {len(self.accesses)} lines"
            raise ValueError(msg)
        times = [(line.occurred_at, line.access) for line in self.accesses]
        if times != sorted(times):
            msg = f"the accesses of finding {self.finding.finding} are out of order"
            raise ValueError(msg)
        if not self.next_steps:
            msg = f"finding {self.finding.finding} needs a next step"
            raise ValueError(msg)

    @property
    def listed(self) -> tuple[AccessLine, ...]:
        """Return the accesses that the page lists one by one."""
        return self.accesses[:MOST_LISTED]

    @property
    def not_listed(self) -> int:
        """Return how many accesses of the episode the page leaves to `custodiet show`."""
        return self.finding.accesses - len(self.listed)
