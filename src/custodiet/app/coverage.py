"""The coverage map of a run: read as it was kept, added up as its reader asks, and told in sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from custodiet.app.ports import Relations
from custodiet.app.runs import Run
from custodiet.errors import Refused, UsageError
from custodiet.explain.pack import Pack
from custodiet.model.explanations import State
from custodiet.relations.catalogue import COVERAGE, COVERAGE_KIND, TEMPLATE_SHARE
from custodiet.relations.query import Query
from custodiet.report.basis import Basis
from custodiet.report.coverage_map import (
    REACHED,
    By,
    Cell,
    CoverageMap,
    Figures,
    KindLine,
    Line,
    ShareLine,
    TemplateReads,
    added,
    lines_of,
)
from custodiet.report.coverage_notes import named_month, notes, of_access

_SQL = "custodiet.report.sql"
COVERAGE_KEPT = Query(_SQL, "coverage_kept.sql")
KINDS_KEPT = Query(_SQL, "kinds_kept.sql")
HELD_THEN = Query(_SQL, "held_then.sql")
SHARES_KEPT = Query(_SQL, "shares_kept.sql")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_SUMS = (
    "of_subject",
    "of_actor",
    "of_neither",
    "unexplained_no_subject",
    "unexplained_no_actor",
    "unexplained_no_data",
)
_KEYS: Mapping[By, Callable[[Cell], str | None]] = {
    By.SYSTEM: lambda cell: cell.system,
    By.ACTION: lambda cell: cell.action,
    By.UNIT: lambda cell: cell.unit,
    By.MONTH: lambda cell: cell.month,
}


def coverage_map(
    relations: Relations, run: Run, pack: Pack, *, by: By = By.SYSTEM, month: str | None = None
) -> CoverageMap:
    """Return the map of a run, of one month (YYYY-MM, UTC) or of all.

    Raises UsageError for a month that is none, and Refused for one in which the run has no access.
    """
    _check(month)
    asked = {"month": month}
    cells = [_cell(row) for row in relations.rows(COVERAGE_KEPT, asked)]
    if not cells:
        msg = f"this audit has no access of {month}"
        raise Refused(msg)
    kinds = tuple(_kind(row) for row in relations.rows(KINDS_KEPT, asked))
    shares = tuple(_share(row, pack) for row in relations.rows(SHARES_KEPT, asked))
    total, systems = added([cell.figures for cell in cells]), lines_of(cells, _KEYS[By.SYSTEM])
    return CoverageMap(
        basis=_BASIS,
        provenance=run.provenance,
        run=run.name,
        months=sorted({cell.month for cell in cells}),
        by=by,
        lines=lines_of(cells, _KEYS[by]) if by in _KEYS else (),
        systems=systems,
        total=total,
        kinds=kinds,
        shares=shares,
        notes=notes(total, systems, kinds, shares, _reads(pack)),
    )


def not_seen(relations: Relations, pack: Pack, access: int, system: str, at: datetime) -> tuple[str, ...]:
    """Return in sentences what was not there to explain an access by: no data of its subject, actor, system or month."""
    month = f"{at.astimezone(UTC):%Y-%m}"
    cells = [_cell(row) for row in relations.rows(COVERAGE_KEPT, {"month": month})]
    line = Line(
        name=f"{system} in {named_month(month)}",
        figures=added([cell.figures for cell in cells if cell.system == system]),
    )
    kinds = tuple(_kind(row) for row in relations.rows(KINDS_KEPT, {"month": month}))
    [then] = relations.rows(HELD_THEN, {"access": access})
    return of_access(line, dict(zip(REACHED, then, strict=True)), kinds, _reads(pack))


_BASIS = Basis(
    unit="one access by one actor to one subject",
    clock="time of the access, months in UTC",
    population="all actors whose accesses the sources delivered, of every kind of employment",
    rule=(
        "a kind of fact is in reach where one about the subject (involvement, tasking, briefing) or the actor (posting, duty,"
        " assignment) had begun by the access; kinds overlap and must not be added, states may be"
    ),
    missing="what no source delivers is told in the sentences",
)


def _check(month: str | None) -> None:
    if month is not None and not _MONTH.fullmatch(month):
        msg = f"--month is a year and a month such as 2026-03, not {month}"
        raise UsageError(msg)


def _reads(pack: Pack) -> tuple[TemplateReads, ...]:
    own = {"explained_access", "explained_request", "group_member"}
    return tuple(
        TemplateReads(
            template=one.id,
            title=one.title,
            kinds=frozenset(hop.relation for hop in one.path if hop.relation not in own),
        )
        for one in pack.templates
        if one.in_force
    )


def _cell(row: Sequence[Any]) -> Cell:
    named = dict(zip(COVERAGE.names, row, strict=True))
    return Cell(
        month=named["month"],
        system=named["system"],
        action=named["action"],
        unit=named["unit"],
        figures=Figures(
            accesses=named["accesses"],
            states={state: named[state.value] for state in State},
            reached={kind: named[kind] for kind in REACHED},
            **{name: named[name] for name in _SUMS},
        ),
    )


def _kind(row: Sequence[Any]) -> KindLine:
    named = dict(zip(COVERAGE_KIND.names, row, strict=True))
    at = named["delivered_to"]
    return KindLine(**{**named, "delivered_to": None if at is None else at.replace(tzinfo=UTC)})


def _share(row: Sequence[Any], pack: Pack) -> ShareLine:
    titles = {one.id: one.title for one in pack.templates}
    named = dict(zip(TEMPLATE_SHARE.names, row, strict=True))
    return ShareLine(**named, title=titles.get(named["template"], named["template"]))
