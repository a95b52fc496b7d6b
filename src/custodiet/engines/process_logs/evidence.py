"""What speaks for one access: a list of numbers from the actor, the case and the time alone, by what was seen earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log1p, nan

from custodiet.engines.process_logs.history import BINS_OF_WEEK, CaseState, Followers, History, Teams, week_bin
from custodiet.model.process_log import ABSENT

_HOUR = 3_600_000_000
_SMOOTH = 2.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One number of the evidence: its name, the reason it belongs to, where its bins are cut, and what says nothing."""

    name: str
    reason: str
    cuts: tuple[float, ...]
    neutral: float = 0.0


_RATIO = (-4.0, -2.5, -1.5, -0.8, -0.3, 0.0, 0.3, 0.8, 1.3, 1.8, 2.3, 2.8, 3.5, 4.5)
_TIME = (0.0, 1.0, 2.0, 3.2, 4.5, 5.2, 6.5, 8.0)  # logarithms of hours, from one to about 3000
#: In the order of the numbers that `evidence` returns.
KINDS = (
    Kind("stage", "stage", _RATIO),
    Kind("stages", "stage", _RATIO),
    Kind("handover", "handover", _RATIO),
    Kind("last", "handover", _RATIO),
    Kind("worker", "colleague", _RATIO),
    Kind("workers", "colleague", _RATIO),
    Kind("opener", "colleague", _RATIO),
    Kind("attribute", "attribute", _RATIO),
    Kind("attributes", "attribute", _RATIO),
    Kind("named", "named", (-0.5, 0.5)),
    Kind("opened", "opened", (0.5,)),
    Kind("team_stage", "team", _RATIO),
    Kind("team_last", "team", _RATIO),
    Kind("group", "group", (0.5, 1.5)),
    Kind("lately", "recent work", _RATIO),
    Kind("next_case", "recent work", (-6.0, -4.5, -3.5, -2.5, -1.7, -1.0), -5.0),
    Kind("seen", "rhythm", _TIME, 4.0),
    Kind("hours", "rhythm", _RATIO),
    Kind("busy", "rhythm", (-9.0, -7.0, -6.0, -5.0, -4.2, -3.5, -2.8, -2.0), -4.5),
    Kind("waited", "rhythm", _TIME, 4.0),
    Kind("age", "rhythm", _TIME, 4.0),
    Kind("length", "rhythm", (0.8, 1.2, 1.7, 2.2, 2.8, 3.5), 1.5),
)
#: Reasons that tie the actor to the case; the others say only that somebody was at work.
TIES = ("stage", "handover", "colleague", "attribute", "named", "opened", "team", "group", "recent work")


def evidence(history: History, actor: int, case: int, at: int) -> list[float]:
    """Return one number for each of KINDS, not-a-number where nothing is known; all from what `history` has observed."""
    state = history.cases.get(case)
    base = _share(history.actors, actor, history.weight)
    found = _tied(history, state, actor, base) if state is not None else [nan] * 7
    found += _case_says(history, state, actor, case, base)
    found += _together(history, state, actor, case)
    found += _lately(history, state, actor, case, at)
    found += _rhythm(history, state, actor, at, base)
    return found


def _tied(history: History, state: CaseState, actor: int, base: float) -> list[float]:
    after, weight, stage = history.after, history.weight, state.stage
    by_stage = _smoothed(after["stage"].get(stage), actor, base, weight)
    by_stages = _smoothed(after["stages"].get((stage, state.stage_before)), actor, by_stage, weight)
    found = [log(by_stage / base), log(by_stages / base)] if stage != ABSENT else [nan, nan]
    others = [one for one in state.others if one != actor]
    if others:
        last = _smoothed(after["last"].get(others[0]), actor, base, weight)
        handover = _smoothed(after["handover"].get((others[0], stage)), actor, last, weight)
        workers = [log(_smoothed(after["worker"].get(one), actor, base, weight) / base) for one in others]
        found += [log(handover / base), log(last / base), max(workers), sum(workers) / len(workers)]
    else:
        found += [nan, nan, nan, nan]
    opener = state.opened_by
    known = opener not in {ABSENT, actor}
    found.append(log(_smoothed(after["opener"].get((opener, stage)), actor, base, weight) / base) if known else nan)
    return found


def _case_says(history: History, state: CaseState | None, actor: int, case: int, base: float) -> list[float]:
    """What the case's attributes and its opener say."""
    best, total, count, named = nan, 0.0, 0, 0.0
    if state is not None or history.log.attributes_of_case:
        stage = ABSENT if state is None else state.stage
        for values, counts in zip(history.values, history.attributes, strict=True):
            value = values[case]
            if value == ABSENT:
                continue
            alone = _smoothed(counts.get(value), actor, base, history.weight)
            one = log(_smoothed(counts.get((value, stage)), actor, alone, history.weight) / base)
            best = one if count == 0 else max(best, one)
            total, count = total + one, count + 1
        named = _named(history, actor, case)
    opener = ABSENT if state is None else state.opened_by
    opened = float(opener == actor and named <= 0.0)  # not once more what an attribute says already
    return [best, total / count if count else nan, named, opened]


def _named(history: History, actor: int, case: int) -> float:
    """Return 1 where an attribute of the case names the actor, -1 where it names others only, else 0."""
    named = [values[case] for values in history.log.naming.values() if values[case] != ABSENT]
    return 0.0 if not named else 1.0 if actor in named else -1.0


def _together(history: History, state: CaseState | None, actor: int, case: int) -> list[float]:
    teams = history.teams(case)
    if state is None or teams is None:
        return [nan, nan, nan]
    others = [one for one in state.others if one != actor]
    team, weight = teams.team_of[actor], history.weight
    by_stage = by_last = nan
    if team != ABSENT:
        base = _share(teams.everybody, team, weight)
        if state.stage != ABSENT:
            by_stage = log(_smoothed(teams.by_stage.get(state.stage), team, base, weight) / base)
        if others and teams.team_of[others[0]] != ABSENT:
            by_last = log(_smoothed(teams.by_last.get(teams.team_of[others[0]]), team, base, weight) / base)
    return [by_stage, by_last, _grouped(teams, actor, others)]


def _grouped(teams: Teams, actor: int, others: Sequence[int]) -> float:
    """Return how deep a learned group the actor shares with somebody who was at the case: 0, 1 or 2."""
    wide, narrow = teams.wide, teams.narrow
    if not others or wide[actor] == ABSENT:
        return nan
    if narrow[actor] != ABSENT and any(narrow[one] == narrow[actor] for one in others):
        return 2.0
    return 1.0 if any(wide[one] == wide[actor] for one in others) else 0.0


def _lately(history: History, state: CaseState | None, actor: int, case: int, at: int) -> list[float]:
    """What the actor did last on other cases: at this stage, and on cases that were registered next to this one."""
    recent = history.recent.get(actor)
    if state is None or not recent:
        return [nan, nan, nan]
    same = total = latest = 0
    place, nearest = history.order[case], None
    for when, stage, other in recent:
        if other == case:
            continue
        latest = when
        total += 1
        same += stage == state.stage
        if at - when < 168 * _HOUR:
            apart = abs(history.order[other] - place)
            nearest = apart if nearest is None else min(nearest, apart)
    usual = _share(history.stages, state.stage, history.weight)
    lately = log((same + _SMOOTH * usual) / (total + _SMOOTH) / usual) if total else nan
    seen = log1p(max(0, at - latest) / _HOUR) if total else nan
    return [lately, nan if nearest is None else -log1p(nearest), seen]


def _rhythm(history: History, state: CaseState | None, actor: int, at: int, base: float) -> list[float]:
    own, place, weight = history.weeks.get(actor), week_bin(at), history.weight
    hours = nan
    if own is not None:
        usual = (history.week[place] + weight) / (history.actors.total + weight * BINS_OF_WEEK)
        hours = log((own[place] + 8 * weight * usual) / (history.actors.by[actor] + 8 * weight) / usual)
    waited = age = length = nan
    if state is not None:
        others_at = [when for one, when in zip(state.others, state.others_at, strict=True) if one != actor]
        waited = log1p(max(0, at - others_at[0]) / _HOUR) if others_at else nan
        age = log1p(max(0, at - state.first_at) / _HOUR)
        length = log(1 + state.events)
    return [hours, log(base), waited, age, length]


def _share(followers: Followers, who: int, weight: float) -> float:
    """Return the share of one among all, smoothed so that nobody has none."""
    return (followers.by.get(who, 0.0) + 0.5 * weight) / (followers.total + 0.5 * weight * (len(followers.by) + 1))


def _smoothed(followers: Followers | None, who: int, parent: float, weight: float) -> float:
    """Return how often `who` followed here, drawn towards how often he does at large."""
    if followers is None:
        return parent
    prior = _SMOOTH * weight
    return (followers.by.get(who, 0.0) + prior * parent) / (followers.total + prior)
