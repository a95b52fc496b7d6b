"""What a person sees of the queue: its front, one finding, and the reason of one access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from custodiet.app.history import NO_HISTORY, FindingHistory, StateThen
from custodiet.app.ports import Relations
from custodiet.model.access import Action, Channel, SubjectKind
from custodiet.model.explanations import Explanation, State
from custodiet.model.findings import Finding
from custodiet.model.instants import Interval
from custodiet.relations.query import Query
from custodiet.report.finding_card import AccessLine, DutySpell
from custodiet.report.timeline import duty_at

_SQL = "custodiet.report.sql"
EPISODE_ACCESSES = Query(_SQL, "episode_accesses.sql")
DUTY_NEAR = Query(_SQL, "duty_near.sql")
ACTOR_THEN = Query(_SQL, "actor_then.sql")
_OPEN_END = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorThen:
    """An actor as the staff records had him at a moment; None where they do not say."""

    number: str
    employment: str | None = None
    rank: str | None = None
    unit: str | None = None
    role: str | None = None

    @property
    def words(self) -> str:
        """Return rank and number; never a name."""
        if self.number.startswith("account:"):
            return f"account {self.number.removeprefix('account:')}"
        return f"{self.rank} {self.number}" if self.rank else f"staff {self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """The front of the queue as one principal may see it."""

    run: str
    findings: Sequence[Finding]
    actors: Mapping[str, str]  # finding -> rank and number then
    in_queue: int
    held_back: int  # by the limit for one actor
    gone: int = 0  # accesses that no finding rests on, since they were redacted or dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSeen:
    """One access of an episode, with what the roster says of its moment."""

    access: int
    occurred_at: datetime
    system: str
    action: str
    channel: str
    state: str
    duty: str
    stated_purpose: str | None
    quoted_reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDetail:
    """A finding with everything that its reader checks it against."""

    finding: Finding
    actor: str
    subject_kind: str
    accesses: Sequence[AccessSeen]
    duty: Sequence[DutySpell]
    zone: ZoneInfo
    history: FindingHistory = NO_HISTORY


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedSource:
    """A source that may still deliver facts that explain an access."""

    kind: str
    source: str
    delivered_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The reason of one access, or what was looked for and not found, and what was not there to be seen."""

    access: Mapping[str, Any]
    actor: str
    state: str
    says: str  # the state in a sentence
    strength: float
    explanations: Sequence[Explanation]  # strongest first
    nearest_miss: str | None  # None where something explains it
    awaited: Sequence[AwaitedSource]  # none where something explains it
    not_seen: Sequence[str]  # sentences; none where something explains it
    zone: ZoneInfo
    called: Mapping[str, str]  # staff number -> rank and number then
    history: Sequence[StateThen] = ()  # what the audits so far said of it


def actor_then(relations: Relations, actor: str, at: datetime) -> ActorThen:
    """Return the actor as he was at that moment."""
    rows = relations.rows(ACTOR_THEN, {"actor": actor, "as_at": _plain(at)})
    if not rows:
        return ActorThen(number=actor)
    employment, rank, unit, role = rows[0]
    return ActorThen(number=actor, employment=employment, rank=rank, unit=unit, role=role)


def access_lines(
    relations: Relations, finding: Finding, titles: Mapping[str, str]
) -> tuple[SubjectKind, tuple[AccessLine, ...]]:
    """Return the kind of subject and the accesses of a finding's episode in order of time.

    An access that is explained, or weakly, bears the title of its strongest template.
    """
    rows = relations.rows(EPISODE_ACCESSES, {"finding": finding.finding})
    lines = tuple(
        AccessLine(
            access=access,
            occurred_at=occurred_at.replace(tzinfo=UTC),
            system=system,
            action=Action(action),
            channel=Channel(channel),
            state=State(state),
            stated_purpose=purpose,
            quoted_reference=reference,
            explanation=titles.get(template) if template is not None else None,
        )
        for access, occurred_at, system, action, channel, _, state, purpose, reference, template in rows
    )
    return SubjectKind(rows[0][5]), lines


def duty_spells(relations: Relations, finding: Finding) -> tuple[DutySpell, ...]:
    """Return the actor's spells of duty and absence that touch the days of the episode."""
    since, until = finding.first_at - timedelta(days=1), finding.last_at + timedelta(days=1)
    rows = relations.rows(DUTY_NEAR, {"actor": finding.actor, "since": _plain(since), "until": _plain(until)})
    return tuple(
        DutySpell(duty=duty, status=status, during=Interval(start=start.replace(tzinfo=UTC), end=_end(end)))
        for duty, status, start, end in rows
    )


def detail(relations: Relations, finding: Finding, zone: ZoneInfo) -> FindingDetail:
    """Return everything about a finding that its reader may check."""
    kind, lines = access_lines(relations, finding, {})
    duty = duty_spells(relations, finding)
    return FindingDetail(
        finding=finding,
        actor=actor_then(relations, finding.actor, finding.first_at).words,
        subject_kind=kind.value,
        accesses=[_seen(line, duty) for line in lines],
        duty=duty,
        zone=zone,
    )


def _seen(line: AccessLine, duty: Sequence[DutySpell]) -> AccessSeen:
    return AccessSeen(
        access=line.access,
        occurred_at=line.occurred_at,
        system=line.system,
        action=line.action.value,
        channel=line.channel.value,
        state=line.state.value,
        duty=duty_at(line.occurred_at, duty),
        stated_purpose=line.stated_purpose,
        quoted_reference=line.quoted_reference,
    )


def _end(instant: datetime) -> datetime | None:
    return None if instant.year == _OPEN_END else instant.replace(tzinfo=UTC)


def _plain(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
