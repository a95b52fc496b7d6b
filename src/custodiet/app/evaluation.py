"""Evaluating a pack on a run: how much it explains of what was really done, and of fakes that nobody did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from custodiet.app.runs import Run
from custodiet.errors import BadInput, UsageError
from custodiet.explain.fakes import TITLES, Family
from custodiet.explain.measures import Coverage, Interval, Weighing, coverage, precision
from custodiet.explain.pack import Pack
from custodiet.explain.template_measures import TemplateMeasure, template_measures
from custodiet.explain.trials import Fakes, Sampling, Trials

#: More would tell nothing more, and take minutes.
MOST = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyMeasure:
    """One family of fakes against the real accesses that they were made from, so many of one as of the other."""

    family: Family
    title: str
    made: int  # drawn
    dropped: int  # of these, what somebody had really done that day
    kept: int
    real_explained: int  # of as many real accesses as fakes were kept
    fake_explained: int
    precision: Interval  # the share of what is explained that is real


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """What was measured: whose accesses, of when, and by what they were explained."""

    title: str
    invented: bool
    run: Run
    first_at: datetime
    last_at: datetime
    accesses: int  # of the run; the sample is taken from them
    pack: str
    pack_version: str
    pack_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The figures of one evaluation."""

    population: Population
    seed: str
    sample: int  # real accesses taken
    explained_from: float  # the strength from which an access counts as explained
    coverage: Coverage
    coverage_all: Interval
    coverage_first: Interval
    families: Sequence[FamilyMeasure]
    ties: Mapping[str, int]  # pairs of actor and subject that are tied, by the nature of the tie; they overlap
    templates: Sequence[TemplateMeasure]  # strongest base first


def checked(sampling: Sampling) -> Sampling:
    """Return the sampling; raises UsageError where nothing can be measured by it."""
    if not 1 <= sampling.count <= MOST:
        msg = f"--sample is a number of accesses from 1 to {MOST:,}, not {sampling.count}"
        raise UsageError(msg)
    if not sampling.families:
        msg = "choose at least one family of fakes"
        raise UsageError(msg)
    return sampling


def check_same_pack(run: Run, pack: Pack) -> None:
    """Raises BadInput where the run was made with other templates than those that are to be measured."""
    if run.provenance.packs != pack.digest:
        msg = "the latest audit was made with another pack, or another state of this one; `custodiet audit` makes a new one"
        raise BadInput(msg)


def evaluation(population: Population, pack: Pack, sampling: Sampling, trials: Trials) -> Evaluation:
    """Return the figures of the trials."""
    weighing, real = Weighing.of(pack), list(trials.real.values())
    covered = coverage(real, weighing)
    of_fakes = {fakes.family: list(fakes.kept.values()) for fakes in trials.fakes}
    return Evaluation(
        population=population,
        seed=sampling.seed,
        sample=len(real),
        explained_from=weighing.threshold,
        coverage=covered,
        coverage_all=covered.all,
        coverage_first=covered.of_first,
        families=[_family(trials, fakes, weighing) for fakes in trials.fakes],
        ties=trials.ties,
        templates=template_measures(pack.templates, real, of_fakes, weighing),
    )


def _family(trials: Trials, fakes: Fakes, weighing: Weighing) -> FamilyMeasure:
    found = precision(trials.real, fakes.kept, weighing)
    return FamilyMeasure(
        family=fakes.family,
        title=TITLES[fakes.family],
        made=fakes.drawn,
        dropped=fakes.drawn - found.kept,
        kept=found.kept,
        real_explained=found.real_explained,
        fake_explained=found.fake_explained,
        precision=found.precision,
    )
