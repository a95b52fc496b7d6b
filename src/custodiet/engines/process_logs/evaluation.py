"""The whole evaluation of a log: weights and threshold from earlier accesses, figures from later ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, inf, isfinite

import numpy as np
import numpy.typing as npt

from custodiet.engines.process_logs import leaks, measures, scores
from custodiet.engines.process_logs.accesses import Accesses
from custodiet.engines.process_logs.evidence import TIES
from custodiet.engines.process_logs.measures import Floats
from custodiet.engines.process_logs.trial import CANARY, GUIDING, Asked, Trial, Wish, evidence_of, held
from custodiet.engines.process_logs.weights import Weights, learned
from custodiet.explain.log_figures import (
    REASONS,
    CurvePoint,
    FamilyFigures,
    LogFigures,
    ReasonFigures,
    Share,
    Standing,
)
from custodiet.model.process_log import ProcessLog

#: The precision that is promised, and what is aimed at while the threshold is frozen: people and work change.
PROMISED, AIMED = 0.90, 0.92
#: The threshold is frozen where the precision's lower bound at this many standard errors reaches the aim.
_CAUTION = 1.64
Truths = npt.NDArray[np.bool_]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredAccess:
    """One compared access of the evaluated period, real or fake, with its reasons in words."""

    family: str  # "real", the family of fakes, or "judged" for an access that somebody else handed in
    actor: str
    case: str
    at: datetime
    score: float | None  # log-odds; None where no reason ties actor and case
    explained: bool
    reasons: str


class Evaluation:
    """An evaluation that was held: its figures, and its accesses one by one."""

    def __init__(self, log: ProcessLog, file: str, wish: Wish) -> None:
        """Hold it; equal logs and wishes give equal figures. Raises BadInput for a log that is too small."""
        self.file, self.wish = file, wish
        self.trial = held(log, file, wish)
        self.weights = _weights(self.trial)
        own = scores.independent(self.trial.real.evidence, self.weights)
        self.earlier = scores.Earlier.of(self.trial.real.accesses, own)
        self.real = np.maximum(own, self.earlier.before(self.trial.real.accesses))
        self.fakes = {key: self._scored(asked) for key, asked in self.trial.sets.items() if key[0] != "learned"}
        self.thresholds = {family: self._frozen(family) for family in dict.fromkeys((*GUIDING, *wish.families))}
        self.threshold = max(self.thresholds[family] for family in GUIDING)

    def figures(self) -> LogFigures:
        """Return the figures."""
        trial, log, cut = self.trial, self.trial.log, self.trial.periods
        at, sampled = trial.real.accesses.at, trial.sampled["evaluated"]
        first = self.earlier.first(trial.real.accesses.taken(sampled))
        opening = ~scores.has_history(trial.real.evidence[sampled])
        return LogFigures(
            file=self.file,
            events=len(log),
            cases=len(log.cases),
            actors=len(np.unique(trial.real.accesses.actor)),
            teams=len(log.teams),
            machines=len(log.machines),
            learned_from=_instant(at[cut.learned]),
            threshold_from=_instant(at[cut.threshold]),
            evaluated_from=_instant(at[cut.evaluated]),
            evaluated_to=_instant(at[cut.end - 1]),
            accesses=cut.end - cut.evaluated,
            sampled=len(sampled),
            first_events=int(opening.sum()),
            first_events_explained=int((self.real[sampled][opening] >= self.threshold).sum()),
            first_of_pair=int(first.sum()),
            explained=int((self.real[sampled] >= self.threshold).sum()),
            seed=self.wish.seed,
            aim=PROMISED,
            threshold=_finite(self.threshold),
            families=[self._family(family, first) for family in self.wish.families],
            reasons=self._reasons(),
            leak=leaks.checked(
                trial,
                (self.real >= self.threshold).astype(np.float64),
                (self.fakes["evaluated", CANARY, False] >= self.threshold).astype(np.float64),
            ),
            attributes=sorted({*log.attributes, *log.naming}),
            notes=log.notes,
        )

    def accesses(self) -> Iterator[ScoredAccess]:
        """Yield the compared accesses of the evaluated period: the real ones, then the fakes of each family."""
        sampled = self.trial.sampled["evaluated"]
        whole = Asked(self.trial.real.accesses.taken(sampled), self.trial.real.evidence[sampled])
        yield from self._told("real", whole, self.real[sampled])
        for family in self.wish.families:
            key = ("evaluated", family, True)
            yield from self._told(family, self.trial.sets[key], self.fakes[key])

    def judged(self, asked: Sequence[tuple[int, int, int]]) -> list[ScoredAccess]:
        """Return how these accesses (actor, case, instant) are judged, in their order, by what came strictly before each."""
        if not asked:
            return []
        columns = np.array(asked, dtype=np.int64)
        accesses = Accesses(actor=columns[:, 0], case=columns[:, 1], at=columns[:, 2])
        whole = Asked(accesses, evidence_of(self.trial.log, self.trial.real.accesses, accesses))
        return list(self._told("judged", whole, self._scored(whole)))

    def _scored(self, asked: Asked) -> Floats:
        own = scores.independent(asked.evidence, self.weights)
        return np.maximum(own, self.earlier.before(asked.accesses))

    def _frozen(self, family: str) -> float:
        real = self.real[self.trial.sampled["threshold"]]
        return measures.lowest(real, self.fakes["threshold", family, True], AIMED, _CAUTION)

    def _family(self, family: str, first: Truths) -> FamilyFigures:
        sampled = self.trial.sampled["evaluated"]
        real, fake = self.real[sampled], self.fakes["evaluated", family, True]
        met = self.fakes["evaluated", family, False]
        met_asked = self.trial.sets["evaluated", family, False].accesses
        known = self.trial.pairs.met(met_asked.actor, met_asked.case)
        return FamilyFigures(
            family=family,
            fakes=len(fake),
            swallowed=int((fake >= self.threshold).sum()),
            frozen=self._standing(real, fake, self.threshold),
            own=self._standing(real, fake, self.thresholds[family]),
            best_recall=_best(real, fake),
            first=self._standing(real[first], fake, self.threshold),
            first_best_recall=_best(real[first], fake),
            met=len(met),
            met_pairs=int(known.sum()),
            met_precision=measures.at(real, met, self.threshold).precision if isfinite(self.threshold) else None,
            curve=[CurvePoint(recall=one.recall, precision=one.precision) for one in measures.curve(real, fake)],
        )

    def _standing(self, real: Floats, fake: Floats, threshold: float) -> Standing:
        if not isfinite(threshold):
            return Standing(threshold=None, recall=Share(value=0.0), precision=Share(value=None))
        point, seen = measures.at(real, fake, threshold), len(real)
        hits = point.recall * seen
        false = float((fake >= threshold).mean()) * seen if len(fake) else 0.0
        return Standing(
            threshold=threshold,
            recall=Share(value=point.recall, **_interval(hits, seen)),
            precision=Share(value=point.precision, **_interval(hits, hits + false)),
        )

    def _reasons(self) -> list[ReasonFigures]:
        places = self.trial.sampled["evaluated"]
        places = places[self.real[places] >= self.threshold]
        parts = scores.by_reason(self.trial.real.evidence[places], self.weights)
        own, before = scores.summed(parts, self.weights), self.earlier.before(self.trial.real.accesses.taken(places))
        by_itself, repeated = own >= self.threshold, before >= self.threshold
        found = []
        ties = np.where([name in TIES for name in scores.NAMES], parts, -np.inf)
        loudest = ties.argmax(axis=1) if len(parts) else np.zeros(0)
        alone = self._alone()
        for number, name in enumerate(scores.NAMES):
            without = parts.copy()
            without[:, number] = 0.0
            lost = by_itself & ~repeated & (scores.summed(without, self.weights) < self.threshold)
            speaks = by_itself & (parts[:, number] >= scores.LEAST_TIE)
            found.append(_reason(name, (speaks, by_itself & (loudest == number), lost), alone[number]))
        again = float(repeated.sum() / max(1, len(self.trial.sampled["evaluated"])))
        found.append(_reason("repeat", (repeated, repeated & ~by_itself, repeated & ~by_itself), (again, None)))
        return sorted(found, key=lambda one: list(REASONS).index(one.reason))

    def _alone(self) -> list[tuple[float, float | None]]:
        """Return for each reason the share of real accesses for which it speaks, and its precision by itself."""
        evidence = self.trial.real.evidence[self.trial.sampled["evaluated"]]
        fakes = self.trial.fakes("evaluated", "degree-preserving").evidence
        real, fake = (
            scores.above(one).mean(axis=0) if len(one) else np.zeros(len(scores.NAMES)) for one in (evidence, fakes)
        )
        both = zip(real.tolist(), fake.tolist(), strict=True)
        return [(hit, hit / (hit + false) if hit + false else None) for hit, false in both]

    def _told(self, family: str, asked: Asked, scored: Floats) -> Iterator[ScoredAccess]:
        log, accesses = self.trial.log, asked.accesses
        parts = scores.by_reason(asked.evidence, self.weights)
        own = scores.summed(parts, self.weights)
        for place, score in enumerate(scored.tolist()):
            yield ScoredAccess(
                family=family,
                actor=log.actors[int(accesses.actor[place])],
                case=log.cases[int(accesses.case[place])],
                at=_instant(accesses.at[place]),
                score=_finite(score),
                explained=score >= self.threshold,
                reasons=_words(parts[place], repeated=score > own[place]),
            )


def _weights(trial: Trial) -> Weights:
    """Return the weights from the real accesses of the learning period that have a history, and the fakes of that period."""
    real = trial.real.evidence[trial.sampled["learned"]]
    real = real[scores.has_history(real)]
    fakes = [trial.fakes("learned", family, strangers=False).evidence for family in GUIDING]
    told = np.concatenate([real, *fakes])
    return learned(told, np.arange(len(told)) < len(real))


def _words(parts: Floats, *, repeated: bool) -> str:
    """Return the reasons that speak for an access, the loudest first, each with how much likelier it makes the access."""
    spoken = sorted(
        ((value, name) for value, name in zip(parts.tolist(), scores.NAMES, strict=True) if value >= scores.LEAST_TIE),
        reverse=True,
    )
    words = [f"{REASONS[name]} ({exp(min(value, 7.0)):.1f} times likelier)" for value, name in spoken[:4]]
    return "; ".join([REASONS["repeat"], *words] if repeated else words)


def _reason(name: str, explained: tuple[Truths, Truths, Truths], alone: tuple[float, float | None]) -> ReasonFigures:
    supports, leads, only = (int(one.sum()) for one in explained)
    return ReasonFigures(reason=name, supports=supports, leads=leads, only=only, there=alone[0], precision=alone[1])


def _best(real: Floats, fake: Floats) -> float:
    threshold = measures.lowest(real, fake, PROMISED, 0.0)
    return measures.at(real, fake, threshold).recall if isfinite(threshold) else 0.0


def _interval(hits: float, of: float) -> Mapping[str, float]:
    low, high = measures.wilson(hits, of)
    return {"low": low, "high": high}


def _finite(value: float) -> float | None:
    return float(value) if value not in {inf, -inf} else None


def _instant(at: np.int64) -> datetime:
    return _EPOCH + timedelta(microseconds=int(at))
