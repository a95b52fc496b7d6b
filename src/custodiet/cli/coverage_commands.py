"""The command that says where there is data and where there is none: coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import RenderableType

from custodiet.cli.options import Json, Purpose, Reason, VaultFolder
from custodiet.cli.printing import console, hanging, print_json, table
from custodiet.model.explanations import State
from custodiet.report.coverage_map import REACHED, By, CoverageMap, Figures, Line, ShareLine
from custodiet.report.wording import share

#: A block beside each share, so that the eye finds what is thin; the figure says it.
_BLOCKS = ((0.95, "█"), (0.7, "▓"), (0.4, "▒"), (0.0, "░"))
#: Lines of units that are printed unless more are asked for.
_LINES = 30
_NOBODY = "(no posting known)"


def register(app: App) -> None:
    """Add the command of this module."""
    app.command(coverage)


def coverage(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    /,
    *,
    by: Annotated[
        str, Parameter(help="What the lines are: system, action, unit, month, kind (of fact) or template.")
    ] = By.SYSTEM.value,
    month: Annotated[str | None, Parameter(help="Only this month (UTC), e.g. 2026-03.")] = None,
    size: Annotated[int, Parameter(name=["--size", "-n"], help="How many lines to print at most.")] = _LINES,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Show for which accesses there was data to explain them by, and for which there was none.

    Your look is recorded before anything is shown.

    Example: `custodiet coverage wessex --by system --purpose lawfulness`
    """
    from custodiet import bootstrap

    found = bootstrap.coverage(vault, bootstrap.Look(purpose=purpose, reason=reason), by=by, month=month)
    if as_json:
        print_json("coverage/1", _body(found))
    else:
        print_coverage(found, most=size)
    return 0


def print_coverage(found: CoverageMap, *, most: int = _LINES) -> None:
    """Print the map, what it means in sentences, and how it was counted."""
    out = console()
    out.print({By.KIND: _kinds, By.TEMPLATE: _templates}.get(found.by, _lines)(found, most))
    out.print()
    for note in found.notes:
        out.print(hanging(note, under="-", width=2))
    out.print()
    basis = found.basis
    out.print(
        f"Counted: {basis.unit}, {basis.clock}; {basis.population}; {basis.rule}."
        f" Run {found.run}, ledger size {found.provenance.ledger_size:,}."
    )


def _lines(found: CoverageMap, most: int) -> RenderableType:
    rows = [_row(line, line.name or _NOBODY) for line in found.lines[:most]]
    if len(found.lines) > 1:
        rows.append(_row(Line(name=None, figures=found.total), "all together"))
    columns = (found.by.value, "accesses", "expl.", "unexpl.", "no data", *_SHORT.values())
    left = f"; {len(found.lines) - most:,} more with --size or --json" if len(found.lines) > most else ""
    title = f"{_period(found)}: of the accesses, how many were explained, and had a fact of each kind in reach{left}"
    return table(title, columns, rows, right=range(1, len(columns)))


def _row(line: Line, name: str) -> Sequence[object]:
    figures = line.figures
    whole = figures.accesses
    return (
        name,
        whole,
        _short(figures.states[State.EXPLAINED], whole),
        _short(figures.states[State.UNEXPLAINED], whole),
        _short(figures.unexplained_no_data, whole),
        *(_block(figures.reached[kind], whole) for kind in REACHED),
    )


def _kinds(found: CoverageMap, most: int) -> RenderableType:
    rows = [
        (
            line.month,
            line.kind.replace("_", " "),
            line.source or "no source",
            "-" if line.delivered_to is None else f"{line.delivered_to:%d %b %Y %H:%M}",
            _STANDING[line.standing],
            line.templates,
            line.beyond if line.templates else "-",
        )
        for line in found.kinds[:most]
    ]
    columns = ("month", "kind of fact", "source", "came in up to", "standing", "templates", "beyond")
    return table(
        f"{_period(found)}: the sources of each kind of fact (beyond: accesses later than they delivered, less the grace)",
        columns,
        rows,
        right=(5, 6),
    )


def _templates(found: CoverageMap, most: int) -> RenderableType:
    several, judged = len(found.months) > 1, any(line.low is not None for line in found.shares)
    columns = [
        "accesses",
        "share",
        "strongly",
        "only by it",
        "of first",
        *(["to be expected"] if judged else []),
        "template",
    ]
    rows = [
        (
            *([line.month] if several else []),
            line.accesses,
            share(line.accesses, line.of_accesses),
            share(line.strong, line.of_accesses),
            share(line.only_by_it, line.of_accesses),
            share(line.first, line.of_first),
            *([_expected(line)] if judged else []),
            line.title + (" (on trial: counts for nothing)" if line.shadow else ""),
        )
        for line in found.shares[:most]
    ]
    first = ["month"] if several else []
    title = f"{_period(found)}: what each template explained (rows overlap and must not be added)"
    return table(title, [*first, *columns], rows, right=range(len(first), len(first) + len(columns) - 1))


def _expected(line: ShareLine) -> str:
    if line.low is None or line.high is None:
        return "-"
    return f"{line.low:.1%} to {line.high:.1%}{' LEFT' if line.outside else ''}"


#: The kinds of fact as heads of narrow columns.
_SHORT = {
    "involvement": "involv.",
    "tasking": "tasking",
    "briefing": "brief.",
    "posting": "posting",
    "duty": "duty",
    "assignment": "assign.",
}
_STANDING = {"held": "held", "behind": "behind", "silent": "SILENT", "none": "NONE"}


def _period(found: CoverageMap) -> str:
    first, last = found.months[0], found.months[-1]
    return first if first == last else f"{first} to {last}"


def _short(part: int, whole: int) -> str:
    """Return a share to whole per cents: "0", "<1%" and ">99%" where it is not quite none or all."""
    if part in {0, whole}:
        return "0" if part == 0 else "100%"
    rounded = round(100 * part / whole)
    return "<1%" if rounded == 0 else ">99%" if rounded == 100 else f"{rounded}%"


def _block(part: int, whole: int) -> str:
    if part == 0:
        return "NONE"
    block = next(block for least, block in _BLOCKS if part >= least * whole)
    return f"{_short(part, whole)} {block}"


def _body(found: CoverageMap) -> dict[str, object]:
    return {
        "run": found.run,
        "provenance": found.provenance,
        "basis": found.basis,
        "by": found.by,
        "months": found.months,
        "total": _figures(found.total),
        "lines": [{"name": line.name, **_figures(line.figures)} for line in found.lines],
        "kinds": found.kinds,
        "templates": found.shares,
        "notes": found.notes,
    }


def _figures(figures: Figures) -> dict[str, object]:
    return {
        "accesses": figures.accesses,
        "states": {state.value: figures.states[state] for state in State},
        "reached": figures.reached,
        "of_subject": figures.of_subject,
        "of_actor": figures.of_actor,
        "of_neither": figures.of_neither,
        "unexplained_no_subject": figures.unexplained_no_subject,
        "unexplained_no_actor": figures.unexplained_no_actor,
        "unexplained_no_data": figures.unexplained_no_data,
    }
