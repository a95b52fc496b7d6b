"""The accesses of one evaluation: the real ones, the fakes of each period and family, and the evidence of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from custodiet.engines.process_logs import teams
from custodiet.engines.process_logs.accesses import Accesses, Numbers, Pairs, real
from custodiet.engines.process_logs.fakes import Fakes
from custodiet.engines.process_logs.history import History
from custodiet.engines.process_logs.periods import Periods, periods
from custodiet.engines.process_logs.replay import Evidence, replayed
from custodiet.explain.log_figures import FAMILIES
from custodiet.model.process_log import ProcessLog

#: So many real accesses, and twice as many fakes, are enough to learn weights from.
MOST_LEARNED = 12_000
#: The families by which weights are learned and the threshold is frozen.
GUIDING = ("uniform", "degree-preserving")
CANARY = "canary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of an evaluation: families of fakes, real accesses to compare in a period, and a seed."""

    families: tuple[str, ...] = tuple(FAMILIES)
    sample: int = 20_000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One set of accesses with its evidence."""

    accesses: Accesses
    evidence: Evidence


@dataclass(slots=True)
class Trial:
    """Everything that was asked: real accesses whole, and sets by (period, family, strangers only)."""

    log: ProcessLog
    periods: Periods
    real: Asked
    pairs: Pairs
    sampled: dict[str, Numbers] = field(default_factory=dict)  # period: places of the real accesses that are compared
    sets: dict[tuple[str, str, bool], Asked] = field(default_factory=dict)

    def fakes(self, period: str, family: str, *, strangers: bool = True) -> Asked:
        """Return the fakes of the period and family."""
        return self.sets[period, family, strangers]


def held(log: ProcessLog, file: str, wish: Wish) -> Trial:
    """Draw every fake, and collect the evidence of every access in one pass over time."""
    accesses = real(log)
    cut = periods(accesses, file)
    pairs = Pairs(log, accesses)
    sampled, drawn = _drawn(log, accesses, pairs, cut, wish)
    whole = [accesses, *drawn.values()]
    asked = Accesses(
        actor=np.concatenate([one.actor for one in whole]),
        case=np.concatenate([one.case for one in whole]),
        at=np.concatenate([one.at for one in whole]),
    )
    found = _split(evidence_of(log, accesses, asked), [len(one) for one in whole])
    sets = {key: Asked(one, evidence) for (key, one), evidence in zip(drawn.items(), found[1:], strict=True)}
    return Trial(log=log, periods=cut, real=Asked(accesses, found[0]), pairs=pairs, sampled=sampled, sets=sets)


def evidence_of(log: ProcessLog, accesses: Accesses, asked: Accesses) -> Evidence:
    """Return the evidence of each access asked for, in the order given; `accesses` are the real ones of the log."""
    order = np.lexsort((asked.actor, asked.case, asked.at))
    span = teams.span(accesses)
    found = replayed(
        log,
        asked.taken(order),
        History(log, len(log)),
        teams.turns(accesses),
        lambda seen, at: seen.regroup(teams.learned(log, accesses, at, span)),
    )
    back = np.empty_like(found)
    back[order] = found
    return back


def _drawn(
    log: ProcessLog, accesses: Accesses, pairs: Pairs, cut: Periods, wish: Wish
) -> tuple[dict[str, Numbers], dict[tuple[str, str, bool], Accesses]]:
    chance = np.random.default_rng(wish.seed)
    sampled: dict[str, Numbers] = {}
    found: dict[tuple[str, str, bool], Accesses] = {}
    for period in ("learned", "threshold", "evaluated"):
        begin, end = cut.of(period)
        stretch = accesses.taken(np.arange(begin, end))
        fakes = Fakes(stretch, pairs, teams.teams_for_fakes(log, accesses, int(stretch.at[0])))
        like = np.sort(chance.permutation(end - begin)[: MOST_LEARNED if period == "learned" else wish.sample])
        sampled[period] = like + begin
        for family in dict.fromkeys((*GUIDING, *wish.families)):
            for strangers in (False, True):
                if _wanted(period, family, strangers=strangers):
                    found[period, family, strangers] = fakes.drawn(family, like, chance, strangers=strangers)
        if period == "evaluated":
            found[period, CANARY, False] = stretch.taken(like[chance.random(len(like)) < 0.5])
    return sampled, found


def _wanted(period: str, family: str, *, strangers: bool) -> bool:
    """Weights are learned against fakes that may be no strangers to the case, lest a repeat count for more than it is worth."""
    return family in GUIDING and not strangers if period == "learned" else strangers or period == "evaluated"


def _split(found: Evidence, sizes: Sequence[int]) -> list[Evidence]:
    return np.split(found, np.cumsum(sizes)[:-1])
