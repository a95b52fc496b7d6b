"""Whether anything leaked: accesses judged again on a log that ends before them, and real ones handed in as fakes."""

from __future__ import annotations

from array import array
from math import sqrt

import numpy as np

from custodiet.engines.process_logs import teams
from custodiet.engines.process_logs.accesses import Accesses, Numbers, real
from custodiet.engines.process_logs.history import History
from custodiet.engines.process_logs.measures import Floats
from custodiet.engines.process_logs.replay import Evidence, replayed
from custodiet.engines.process_logs.trial import CANARY, Trial
from custodiet.explain.log_figures import LeakCheck
from custodiet.model.process_log import ProcessLog

#: Events that may be read again for the controls, and how many controls there are.
_READ_AGAIN, _LEAST, _MOST = 1_000_000, 3, 20


def checked(trial: Trial, explained: Floats, canaries_explained: Floats) -> LeakCheck:
    """Return what the checks found; `explained` says 1 or 0 for each real access, and for each canary."""
    sampled = trial.sampled["evaluated"]
    controls = sampled[np.linspace(0, len(sampled) - 1, _controls(trial)).astype(int)]
    canaries = trial.fakes("evaluated", CANARY, strangers=False)
    place = _places(trial.real.accesses, canaries.accesses)
    others = np.setdiff1d(sampled, place)
    kept, known = float(canaries_explained.mean()), float(explained[others].mean())
    spread = sqrt(_variance(canaries_explained) + _variance(explained[others]))
    return LeakCheck(
        controls=len(controls),
        identical=sum(_same_without(trial, int(one)) for one in controls),
        canaries=len(place),
        canaries_identical=int(_equal(trial.real.evidence[place], canaries.evidence).sum()),
        canary_recall=kept,
        other_recall=known,
        standard_error=spread,
    )


def ended(log: ProcessLog, at: int) -> ProcessLog:
    """Return the log as it would be if everything from that instant on had never come."""
    kept = np.frombuffer(log.known, dtype=np.int64) < at

    def left(column: array[int]) -> array[int]:
        return array("q", np.frombuffer(column, dtype=np.int64)[kept].tobytes())

    return ProcessLog(
        cases=log.cases,
        activities=log.activities,
        actors=log.actors,
        teams=log.teams,
        attributes=log.attributes,
        naming=log.naming,
        attributes_of_case=log.attributes_of_case,
        machines=log.machines,
        case=left(log.case),
        activity=left(log.activity),
        actor=left(log.actor),
        team=left(log.team),
        at=left(log.at),
        known=left(log.known),
    )


def _controls(trial: Trial) -> int:
    wanted = max(_LEAST, min(_MOST, _READ_AGAIN // max(1, len(trial.log))))
    return min(wanted, len(trial.sampled["evaluated"]))


def _same_without(trial: Trial, place: int) -> bool:
    """Tell whether the access gets the same evidence where its own event and all later ones were taken out of the log."""
    whole = trial.real.accesses
    own = whole.taken(np.array([place]))
    at = int(own.at[0])
    short = ended(trial.log, at)
    left = real(short)
    last_turn = [turn for turn in teams.turns(whole) if turn <= at][-1:]  # each turn replaces the one before it
    again = replayed(
        short,
        own,
        History(short, len(trial.log)),
        last_turn,
        lambda seen, when: seen.regroup(teams.learned(short, left, when, teams.span(whole))),
    )
    return bool(_equal(again, trial.real.evidence[place : place + 1])[0])


def _equal(one: Evidence, other: Evidence) -> Numbers:
    return np.asarray(((one == other) | (np.isnan(one) & np.isnan(other))).all(axis=1), dtype=np.int64)


def _places(whole: Accesses, some: Accesses) -> Numbers:
    """Return where each of some accesses stands in the whole, which is sorted by time, case and actor."""
    where = {
        key: place
        for place, key in enumerate(zip(whole.at.tolist(), whole.case.tolist(), whole.actor.tolist(), strict=True))
    }
    rows = zip(some.at.tolist(), some.case.tolist(), some.actor.tolist(), strict=True)
    return np.array([where[key] for key in rows], dtype=np.int64)


def _variance(values: Floats) -> float:
    """Return the variance of the mean."""
    return float(values.var() / len(values)) if len(values) else 0.0
