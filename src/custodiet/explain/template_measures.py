"""What each template of a pack is worth: how much it explains, how much only it explains, and what that costs in fakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from custodiet.explain.fakes import MISUSE_LIKE, Family
from custodiet.explain.measures import Interval, Weighing, ratio
from custodiet.explain.template import Template
from custodiet.explain.trials import Trial

Population = Sequence[Trial]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateMeasure:
    """What one template did among the real accesses and among the fakes that look like misuse."""

    template: str
    version: int
    base: float
    matched: int  # real accesses with an instance of it
    explained: int  # of these, how many are explained
    alone: int  # real accesses that would not be explained without it
    alone_first: int  # of these, the first of their actor and subject
    fakes_matched: Mapping[Family, int]
    fakes_alone: Mapping[Family, int]
    weight: Interval  # likelihood ratio, among what no stronger template matched
    weight_first: Interval  # the same, of real accesses only the first of their actor and subject
    price: Interval  # fakes that it alone explains for 1,000 real accesses that it alone explains, at equal numbers

    @property
    def fakes_carried(self) -> int:
        """Return how many fakes would not be explained without it."""
        return sum(self.fakes_alone[family] for family in MISUSE_LIKE if family in self.fakes_alone)


def template_measures(
    templates: Iterable[Template], real: Population, fakes: Mapping[Family, Population], weighing: Weighing
) -> list[TemplateMeasure]:
    """Return the measure of each template, strongest base first: the order in which they are taken to have matched."""
    ordered = sorted(templates, key=lambda one: (-one.strength.base, one.id))
    carried = _Carried.of(real, weighing)
    first = _Carried.of([trial for trial in real if trial.first], weighing)
    of_fakes = {family: _Carried.of(trials, weighing) for family, trials in fakes.items()}
    pool = [trial for family in MISUSE_LIKE for trial in fakes.get(family, ())]
    weights = _weights([one.id for one in ordered], real, pool)
    weights_first = _weights([one.id for one in ordered], [trial for trial in real if trial.first], pool)
    measures = []
    for one in ordered:
        alone = {family: found.alone[one.id] for family, found in of_fakes.items()}
        misused = sum(count for family, count in alone.items() if family in MISUSE_LIKE)
        measures.append(
            TemplateMeasure(
                template=one.id,
                version=one.version,
                base=one.strength.base,
                matched=carried.matched[one.id],
                explained=carried.explained[one.id],
                alone=carried.alone[one.id],
                alone_first=first.alone[one.id],
                fakes_matched={family: found.matched[one.id] for family, found in of_fakes.items()},
                fakes_alone=alone,
                weight=weights[one.id],
                weight_first=weights_first[one.id],
                price=_price(ratio(misused, len(pool), carried.alone[one.id], len(real))),
            )
        )
    return measures


@dataclass(frozen=True, slots=True)
class _Carried:
    """Counts by template: accesses matched, those of them explained, and those that only it carries over the threshold."""

    matched: Counter[str]
    explained: Counter[str]
    alone: Counter[str]

    @classmethod
    def of(cls, trials: Population, weighing: Weighing) -> _Carried:
        counts = cls(Counter(), Counter(), Counter())
        for trial in trials:
            counts.matched.update(trial.matches.keys())
            if trial.matches and weighing.explains(trial.matches):
                counts.explained.update(trial.matches.keys())
                counts.alone.update(weighing.carried(trial.matches))
        return counts


def _weights(order: Sequence[str], real: Population, fakes: Population) -> dict[str, Interval]:
    """Return each template's likelihood ratio among the accesses that no template before it in the order matched."""
    real_first, fakes_first = _strongest(order, real), _strongest(order, fakes)
    real_left, fakes_left = len(real), len(fakes)
    weights = {}
    for template in order:
        weights[template] = ratio(real_first[template], real_left, fakes_first[template], fakes_left)
        real_left -= real_first[template]
        fakes_left -= fakes_first[template]
    return weights


def _strongest(order: Sequence[str], trials: Population) -> Counter[str]:
    """Return how often each template is the first in the order to match."""
    place = {template: number for number, template in enumerate(order)}
    return Counter(min(trial.matches, key=place.__getitem__) for trial in trials if trial.matches)


def _price(found: Interval) -> Interval:
    return Interval(1000 * found.value, 1000 * found.low, 1000 * found.high)
