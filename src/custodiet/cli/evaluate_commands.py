"""The command that measures: evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from custodiet.app.evaluation import Evaluation
from custodiet.cli.options import Json, Purpose, Reason
from custodiet.cli.printing import console, print_json, shown, table
from custodiet.cli.process_log_printing import print_log_figures
from custodiet.errors import UsageError
from custodiet.explain.measures import Interval

FAKES = "A fake is an access that nobody made. What explains it too is no acquittal: it could explain misuse as well."


def register(app: App) -> None:
    """Add the command of this module."""
    app.command(evaluate)


def evaluate(  # noqa: PLR0913 - a command has as many options as it needs
    what: Annotated[
        Path, Parameter(help="The vault's folder, or a process log: a file in CSV or XES.", show_default=False)
    ],
    /,
    *,
    families: Annotated[
        list[str] | None,
        Parameter(
            help=(
                "The families of fakes to make; all unless some are named. Of a vault: F1, F2, F3, F3d, F3a, F4,"
                " F5. Of a process log: uniform, degree-preserving, same-team, related-case."
            ),
            consume_multiple=True,
            negative=(),
            show_default=False,
        ),
    ] = None,
    sample: Annotated[int, Parameter(help="How many real accesses to take.")] = 20_000,
    seed: Annotated[str, Parameter(help="Any text; equal texts give equal figures.")] = "custodiet",
    write_measured: Annotated[
        Path | None,
        Parameter(
            help="Write the templates' measures there: `measured.toml` of the pack, by which `custodiet test` judges it."
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        Parameter(help="Of a process log: the TOML file that names its columns.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        Parameter(
            help="Of a process log: write each compared access there, real or fake, with its score and reasons (CSV).",
            show_default=False,
        ),
    ] = None,
    judge: Annotated[
        Path | None,
        Parameter(
            help="Of a process log: a CSV of accesses of your own (actor, case, at) to judge as well; --out tells how.",
            show_default=False,
        ),
    ] = None,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Measure how much is explained of what was done, and of fakes that nobody did.

    Of a vault, the pack's templates are measured on the latest audit; your look is recorded before anything is shown. Of a
    process log, each event is an access, and reasons are learned from earlier events. No figure is about a person.

    Example: `custodiet evaluate wessex --purpose integrity`

    Example: `custodiet evaluate permits.xes.gz`
    """
    from custodiet import bootstrap

    if what.is_file() or mapping is not None:
        if write_measured is not None:
            msg = "--write-measured is for a vault: a process log has no templates"
            raise UsageError(msg)
        asked = bootstrap.LogEvaluation(
            mapping=mapping, families=families or (), sample=sample, seed=seed, out=out, judge=judge
        )
        return print_log_figures(bootstrap.evaluate_log(what, asked), out, as_json=as_json)
    if judge is not None:
        msg = "--judge is for a process log; a vault has `custodiet why` for a single access"
        raise UsageError(msg)
    if out is not None:
        msg = "--out is for a process log; a vault has `custodiet why` for a single access"
        raise UsageError(msg)
    measuring = bootstrap.Measuring(families=families or (), sample=sample, seed=seed, measured=write_measured)
    found = bootstrap.evaluate(what, bootstrap.Look(purpose=purpose, reason=reason), measuring)
    if as_json:
        print_json("evaluation/1", {**_body(found), "written_to": write_measured})
    else:
        print_evaluation(found)
        if write_measured:
            console().print(f"Wrote {shown(str(write_measured))}.")
    return 0


def print_evaluation(found: Evaluation) -> None:
    """Print what was measured: coverage, precision by family of fakes, and what each template is worth."""
    out, covered = console(), found.coverage
    out.print(
        table(
            f"How much is explained (strength {found.explained_from:g} or more)",
            ("real accesses", "taken", "explained", "share", "95 % interval"),
            [
                ("all", covered.accesses, covered.explained, *_percent(found.coverage_all)),
                ("first of actor and subject", covered.first, covered.first_explained, *_percent(found.coverage_first)),
            ],
            right=(1, 2, 3, 4),
        )
    )
    out.print()
    out.print(
        table(
            "Fakes, and of what is explained how much is real (as many real accesses as fakes)",
            ("", "each is", "fakes", "explained", "real expl.", "precision", "95 % interval"),
            [
                (one.family, one.title, one.kept, one.fake_explained, one.real_explained, *_percent(one.precision))
                for one in found.families
            ],
            right=(2, 3, 4, 5, 6),
        )
    )
    for line in _left_out(found):
        out.print(line)
    out.print()
    out.print(
        table(
            "What each template is worth (rows overlap and must not be added)",
            ("template", "base", "matched", "only it", "first", "ratio", "95 % interval", "fakes", "price"),
            [
                (
                    one.template,
                    f"{one.base:g}",
                    one.matched,
                    one.alone,
                    one.alone_first,
                    _short(one.weight.value),
                    f"{_short(one.weight.low)} to {_short(one.weight.high)}",
                    one.fakes_carried,
                    _price(one.alone, one.price),
                )
                for one in found.templates
            ],
            right=(1, 2, 3, 4, 5, 6, 7, 8),
        )
    )
    for line in _legend(found):
        out.print(line)


def _left_out(found: Evaluation) -> list[str]:
    dropped = ", ".join(f"{one.family} {one.dropped:,}" for one in found.families)
    lines = [f"Left out because somebody really did that on that day: {dropped}."]
    if found.ties:
        ties = ", ".join(f"{nature} {count:,}" for nature, count in found.ties.items())
        lines.append(f"Pairs of actor and subject that the facts tie to one another: {ties}.")
    return lines


def _legend(found: Evaluation) -> list[str]:
    whose, run = found.population, found.population.run
    period = f"{whose.first_at:%d %B} to {whose.last_at:%d %B %Y}"
    return [
        "only it: accesses that would not be explained without it; first: those of them that are the first of their pair.",
        "ratio: how much likelier a match is for a real access than for a fake (F2 to F5), where no stronger template matched.",
        "fakes: those that it alone explains; price: such fakes for each 1,000 real accesses that it alone explains.",
        FAKES,
        f"{shown(whose.title)}: {found.sample:,} of {whose.accesses:,} accesses, {period}, seed {shown(found.seed)}.",
        f"Ledger size {run.provenance.ledger_size:,}, run {run.name}, pack {shown(whose.pack)} {shown(whose.pack_version)}.",
    ]


def _percent(found: Interval) -> tuple[str, str]:
    return f"{found.value:.2%}", f"{found.low:.2%} to {found.high:.2%}"


def _short(value: float) -> str:
    """Return the figure with as many digits as it bears."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _price(alone: int, price: Interval) -> str:
    return _short(price.value) if alone else "-"


def _body(found: Evaluation) -> dict[str, object]:
    return {
        "population": {
            "title": found.population.title,
            "invented": found.population.invented,
            "run": found.population.run.name,
            "provenance": found.population.run.provenance,
            "first_at": found.population.first_at,
            "last_at": found.population.last_at,
            "accesses": found.population.accesses,
            "pack": found.population.pack,
            "pack_version": found.population.pack_version,
        },
        "seed": found.seed,
        "sample": found.sample,
        "explained_from": found.explained_from,
        "coverage": {"all": found.coverage_all, "first": found.coverage_first, "counts": found.coverage},
        "families": found.families,
        "ties": found.ties,
        "templates": found.templates,
    }
