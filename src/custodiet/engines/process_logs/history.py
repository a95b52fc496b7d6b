"""What has been seen of a log so far: the state of each case, and who has followed on what. Older events weigh less."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from custodiet.model.process_log import ABSENT, ProcessLog

#: How many others of a case, and own earlier accesses, are looked back on.
OTHERS, OWN = 5, 16
#: Bins of the week in which an actor's rhythm is counted.
BINS_OF_WEEK = 56
_BIN = 3 * 3_600_000_000
_HALVINGS = 5.0

Counts = dict[object, "Followers"]


class Followers:
    """How often each actor (or team) came after something, older times weighing less."""

    __slots__ = ("by", "total")

    def __init__(self) -> None:
        self.by: dict[int, float] = {}
        self.total = 0.0

    def add(self, who: int, weight: float) -> None:
        """Count one time."""
        self.by[who] = self.by.get(who, 0.0) + weight
        self.total += weight


@dataclass(slots=True)
class Teams:
    """Who is of which team, and of which learned group (wide and narrow), with the counts of teams that follow from it."""

    team_of: Sequence[int]
    wide: Sequence[int]
    narrow: Sequence[int]
    everybody: Followers = field(default_factory=Followers)
    by_stage: Counts = field(default_factory=dict)
    by_last: Counts = field(default_factory=dict)


@dataclass(slots=True)
class CaseState:
    """A case as it stood before the latest instant at which something was seen of it, and as it stands."""

    stage: int = ABSENT
    stage_before: int = ABSENT
    others: list[int] = field(default_factory=list)  # distinct actors, the latest first
    others_at: list[int] = field(default_factory=list)  # when each of them was last there
    opened_by: int = ABSENT
    first_at: int = 0
    last_at: int = 0
    events: int = 0
    before: tuple[int, int, tuple[int, ...], int, int] = (ABSENT, ABSENT, (), ABSENT, 0)
    counted: set[int] = field(default_factory=set)  # actors counted at the latest instant


class History:
    """Everything that evidence is made of. `observe` adds an event; nothing else changes it."""

    def __init__(self, log: ProcessLog, size: int) -> None:
        """Start empty; `size` is the number of events that will come, in which older ones fade by five halvings."""
        self.log = log
        self.weight, self._growth = 1.0, 2.0 ** (_HALVINGS / max(1, size))
        self.cases: dict[int, CaseState] = {}
        self.order: dict[int, int] = {}  # case: its place in the order of first events
        self.actors = Followers()
        self.after: dict[str, Counts] = {
            name: {} for name in ("stage", "stages", "handover", "last", "worker", "opener")
        }
        self.attributes: list[dict[object, Followers]] = [{} for _ in log.attributes]
        self.values = list(log.attributes.values())
        self.weeks: dict[int, list[float]] = {}
        self.week = [0.0] * BINS_OF_WEEK
        self.recent: dict[int, deque[tuple[int, int, int]]] = {}
        self.stages = Followers()
        self.halves: list[Teams] = []

    def observe(self, event: int) -> None:
        """Take in one event; events come in the order in which they are known."""
        log = self.log
        case, actor, at = log.case[event], log.actor[event], log.known[event]
        state = self.cases.get(case)
        if state is None:
            state = self.cases[case] = CaseState(first_at=at, last_at=at)
            self.order[case] = len(self.order)
        if not state.events or at > state.last_at:
            state.before = (state.stage, state.stage_before, tuple(state.others), state.opened_by, state.events)
            state.counted.clear()
        if actor != ABSENT and actor not in log.machines and actor not in state.counted:
            state.counted.add(actor)
            self._count(case, actor, log.at[event], state)
        self._move(state, actor, log.activity[event], at)
        self.weight *= self._growth

    def _move(self, state: CaseState, actor: int, activity: int, at: int) -> None:
        if activity != ABSENT:
            state.stage_before, state.stage = state.stage, activity
        if actor != ABSENT:
            if actor in state.others:
                place = state.others.index(actor)
                del state.others[place], state.others_at[place]
            state.others.insert(0, actor)
            state.others_at.insert(0, at)
            del state.others[OTHERS + 1 :], state.others_at[OTHERS + 1 :]
            if not state.events:
                state.opened_by = actor
        state.events += 1
        state.last_at = max(at, state.last_at)

    def _count(self, case: int, actor: int, at: int, state: CaseState) -> None:
        stage, stage_before, workers, opened_by, events = state.before
        weight, after = self.weight, self.after
        self.actors.add(actor, weight)
        self._rhythm(actor, at, stage, case)
        if stage != ABSENT:
            self.stages.add(stage, weight)
            _add(after["stage"], stage, actor, weight)
            _add(after["stages"], (stage, stage_before), actor, weight)
        for number, values in enumerate(self.values if events or self.log.attributes_of_case else ()):
            value = values[case]
            if value != ABSENT:
                _add(self.attributes[number], value, actor, weight)
                _add(self.attributes[number], (value, stage), actor, weight)
        others = [one for one in workers if one != actor]
        if others:
            _add(after["last"], others[0], actor, weight)
            _add(after["handover"], (others[0], stage), actor, weight)
        for other in others:
            _add(after["worker"], other, actor, weight)
        if opened_by not in {ABSENT, actor}:
            _add(after["opener"], (opened_by, stage), actor, weight)

    def regroup(self, halves: Sequence[Teams]) -> None:
        """Use these teams from now on, with all that was counted of their members: one for each half of the cases.

        The teams that judge a case were learned from the other half, so that nobody's own work on it takes part.
        """
        self.halves = list(halves)
        for teams in self.halves:
            teams.everybody = _by_team({None: self.actors}, teams.team_of, keyed=False).get(None, Followers())
            teams.by_stage = _by_team(self.after["stage"], teams.team_of, keyed=False)
            teams.by_last = _by_team(self.after["last"], teams.team_of, keyed=True)

    def teams(self, case: int) -> Teams | None:
        """Return the teams by which this case is judged, if any were learned yet."""
        return self.halves[case % len(self.halves)] if self.halves else None

    def _rhythm(self, actor: int, at: int, stage: int, case: int) -> None:
        place = week_bin(at)
        own = self.weeks.get(actor)
        if own is None:
            own = self.weeks[actor] = [0.0] * BINS_OF_WEEK
        own[place] += self.weight
        self.week[place] += self.weight
        recent = self.recent.get(actor)
        if recent is None:
            recent = self.recent[actor] = deque(maxlen=OWN)
        recent.append((at, stage, case))


def week_bin(at: int) -> int:
    """Return the bin of the week in which the instant lies."""
    return (at // _BIN) % BINS_OF_WEEK


def _add(counts: Counts, key: object, who: int, weight: float) -> None:
    found = counts.get(key)
    if found is None:
        found = counts[key] = Followers()
    found.add(who, weight)


def _by_team(counts: Counts, team_of: Sequence[int], *, keyed: bool) -> Counts:
    """Return the counts of actors as counts of their teams; `keyed` where the key is an actor too."""
    found: Counts = {}
    for key, followers in counts.items():
        place = team_of[key] if keyed and isinstance(key, int) else key
        if place == ABSENT:
            continue
        for who, weight in followers.by.items():
            if team_of[who] != ABSENT:
                _add(found, place, team_of[who], weight)
    return found
