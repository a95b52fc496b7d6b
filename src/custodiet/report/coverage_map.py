"""The coverage map: which systems, actions, units and months have context and which have none. Values, and their sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from custodiet.model.explanations import State
from custodiet.model.provenance import Provenance
from custodiet.report.basis import Basis

#: Kinds of fact about a subject, and about an actor, without which no work on record can link the two.
OF_SUBJECT = ("involvement", "tasking", "briefing")
OF_ACTOR = ("posting", "duty", "assignment")
#: The kinds of fact that are looked for at each access, those of the subject first.
REACHED = (*OF_SUBJECT, *OF_ACTOR)


class By(StrEnum):
    """What the lines of a map are."""

    SYSTEM = "system"
    ACTION = "action"
    UNIT = "unit"
    MONTH = "month"
    KIND = "kind"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Accesses, each counted once, so that figures of several cells may be added."""

    accesses: int
    states: Mapping[State, int]
    reached: Mapping[str, int]  # kind -> accesses with a fact of it in reach
    of_subject: int
    of_actor: int
    of_neither: int
    unexplained_no_subject: int
    unexplained_no_actor: int
    unexplained_no_data: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A row of `coverage`, without the distinct subjects, which cannot be added."""

    month: str
    system: str
    action: str
    unit: str | None
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One system, action, unit or month: the sum of its cells. A unit of None: no posting says which."""

    name: str | None
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLine:
    """A row of `coverage_kind`: how one source of one kind of fact stood towards the accesses of a month."""

    month: str
    kind: str
    source: str | None
    templates: int
    standing: str
    delivered_to: datetime | None
    accesses: int
    beyond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLine:
    """A row of `template_share`, with the template's title."""

    month: str
    template: str
    title: str
    shadow: bool
    accesses: int
    strong: int
    only_by_it: int
    first: int
    of_accesses: int
    of_first: int
    low: float | None
    high: float | None
    outside: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReads:
    """A template in force, and the kinds of fact on its path: without one of them it cannot match."""

    template: str
    title: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageMap:
    """Everything that is said of coverage. Lines of one map are disjoint in their accesses; shares of templates overlap."""

    basis: Basis
    provenance: Provenance
    run: str
    months: Sequence[str]
    by: By
    lines: Sequence[Line]  # most accesses first; empty for kinds and templates, which have lists of their own
    systems: Sequence[Line]
    total: Figures
    kinds: Sequence[KindLine]
    shares: Sequence[ShareLine]
    notes: Sequence[str]  # what the figures mean, in sentences, the gravest first


def lines_of(cells: Sequence[Cell], key: Callable[[Cell], str | None]) -> tuple[Line, ...]:
    """Return the cells added up by the key, most accesses first, then by name; who has none comes last."""
    grouped: dict[str | None, list[Figures]] = {}
    for cell in cells:
        grouped.setdefault(key(cell), []).append(cell.figures)
    lines = [Line(name=name, figures=added(figures)) for name, figures in grouped.items()]
    return tuple(sorted(lines, key=lambda line: (-line.figures.accesses, line.name is None, line.name or "")))


def added(figures: Sequence[Figures]) -> Figures:
    """Return the figures of all together."""
    return Figures(
        accesses=sum(one.accesses for one in figures),
        states={state: sum(one.states[state] for one in figures) for state in State},
        reached={kind: sum(one.reached[kind] for one in figures) for kind in REACHED},
        of_subject=sum(one.of_subject for one in figures),
        of_actor=sum(one.of_actor for one in figures),
        of_neither=sum(one.of_neither for one in figures),
        unexplained_no_subject=sum(one.unexplained_no_subject for one in figures),
        unexplained_no_actor=sum(one.unexplained_no_actor for one in figures),
        unexplained_no_data=sum(one.unexplained_no_data for one in figures),
    )


def possible(templates: Sequence[TemplateReads], figures: Figures, held: frozenset[str]) -> tuple[TemplateReads, ...]:
    """Return the templates that could have matched one of these accesses: each kind on their path was there for some of them.

    `held` are the kinds that some source delivers. A template without facts on its path rests on another's explanation.
    """
    within = frozenset(kind for kind in REACHED if figures.reached[kind]) | (held - frozenset(REACHED))
    return tuple(one for one in templates if one.kinds and one.kinds <= within)
