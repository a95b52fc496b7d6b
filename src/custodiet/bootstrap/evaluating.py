"""Evaluating explanation templates over the real engine: on a vault's latest audit, against fake accesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from custodiet.app import audits
from custodiet.app.evaluation import Evaluation, Population, check_same_pack, checked, evaluation
from custodiet.app.permissions import Look
from custodiet.app.runs import Run, Runs
from custodiet.app.vault import Settings
from custodiet.bootstrap.desks import desk_in
from custodiet.bootstrap.judging import judging
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.outputs import writing_to
from custodiet.engines.analysis import reopened
from custodiet.engines.duckdb import Session
from custodiet.engines.evaluating import tried
from custodiet.errors import BadInput, UsageError
from custodiet.explain.fakes import Family
from custodiet.explain.measured_file import MeasuredTemplate, Measurement, written
from custodiet.explain.pack import Pack
from custodiet.explain.trials import Sampling

SAMPLE = 20_000
SEED = "custodiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """How a pack is measured: families of fakes (none named: all), sample, seed, and where the measures go."""

    families: Sequence[str] = ()
    sample: int = SAMPLE
    seed: str = SEED
    measured: Path | None = None

    @property
    def sampling(self) -> Sampling:
        """Return the sampling; raises UsageError."""
        return checked(Sampling(count=self.sample, seed=self.seed, families=_families(self.families)))


def evaluate(folder: Path, look: Look, measuring: Measuring = Measuring()) -> Evaluation:
    """Return what the vault's pack explains of its latest audit and of fakes; the look is recorded first.

    With `measured`, the measures of the templates stand in that file afterwards, for `custodiet test` to judge by; then all
    families must be measured.
    """
    if not folder.is_dir():
        msg = "there is no such folder"
        raise BadInput(msg, file=folder.name, expected="a vault's folder")
    sampling = measuring.sampling
    if measuring.measured is not None and set(sampling.families) != set(Family):
        msg = "the measures that are written are of all families: leave --families out"
        raise UsageError(msg)
    desk = desk_in(folder)
    desk.looks("evaluate", None, look)
    settings = desk.vault.settings()
    pack, run = judging(settings.pack).pack, audits.latest(VaultLedger(desk.vault), Runs.of(desk.vault))
    check_same_pack(run, pack)
    with reopened(Runs.of(desk.vault).path(run.name), desk.vault.scratch) as session:
        found = evaluation(_population(session, settings, run, pack), pack, sampling, tried(session, pack, sampling))
    if measuring.measured is not None:
        text = written(_measurement(found, pack, desk.now.date().isoformat()))
        with writing_to(measuring.measured):
            measuring.measured.write_text(text, encoding="utf-8")
    return found


def _families(names: Sequence[str]) -> list[Family]:
    known = {family.value.lower(): family for family in Family}
    for name in names:
        if name.lower() not in known:
            msg = f"--families names families of fakes: {', '.join(Family)}; {name!r} is none"
            raise UsageError(msg)
    chosen = {known[name.lower()] for name in names}
    return [family for family in Family if family in chosen or not chosen]


def _population(session: Session, settings: Settings, run: Run, pack: Pack) -> Population:
    [(accesses, _, _, first_at, last_at, _)] = session.rows(audits.REACH)
    if first_at is None:
        msg = "No access is left to measure: all were redacted or dropped."
        raise BadInput(msg)
    return Population(
        title=settings.title,
        invented=settings.invented,
        run=run,
        first_at=first_at.replace(tzinfo=UTC),
        last_at=last_at.replace(tzinfo=UTC),
        accesses=accesses,
        pack=pack.name,
        pack_version=pack.version,
        pack_digest=pack.digest,
    )


def _measurement(found: Evaluation, pack: Pack, date: str) -> Measurement:
    return Measurement(
        date=date,
        population=found.population.title,
        invented=found.population.invented,
        run=found.population.run.name,
        seed=found.seed,
        sample=found.sample,
        templates=tuple(MeasuredTemplate.of(one, pack.template(one.template)) for one in found.templates),
    )
