"""An audit run as a document: everything that the report shows, and the one call that makes the page.

The values check one another: states add up to the accesses, the overlap adds up to the accesses, and what only one
template explains adds up to what has exactly one reason. A figure that does not add up is not shown to anyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from custodiet.model.explanations import State
from custodiet.model.instants import Interval, as_utc
from custodiet.model.looks import Purpose
from custodiet.model.provenance import Provenance
from custodiet.report.basis import Basis
from custodiet.report.coverage import Coverage
from custodiet.report.finding_card import Card
from custodiet.report.integrity import Integrity
from custodiet.report.page import html
from custodiet.report.wording import spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCounts:
    """How many accesses are in each of the four states; every access is in exactly one."""

    explained: int
    weak: int
    pending: int
    unexplained: int

    @property
    def total(self) -> int:
        """Return the number of accesses."""
        return self.explained + self.weak + self.pending + self.unexplained

    @property
    def pairs(self) -> tuple[tuple[State, int], ...]:
        """Return each state with its number of accesses, from explained to unexplained."""
        return (
            (State.EXPLAINED, self.explained),
            (State.WEAK, self.weak),
            (State.PENDING, self.pending),
            (State.UNEXPLAINED, self.unexplained),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Accesses whose answer waits for a source that has not delivered a kind of fact up to their time."""

    what: str  # kind and source furthest behind: "duty from roster"
    accesses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The run in a few figures."""

    basis: Basis
    states: StateCounts
    actors: int  # with at least one access
    subjects: int  # with at least one access
    episodes: int  # actor-subject episodes with at least one access that is not explained
    episodes_basis: Basis
    awaited: tuple[Awaited, ...] = ()

    @property
    def accesses(self) -> int:
        """Return the number of accesses taken in and judged."""
        return self.states.total


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLine:
    """What one template explained. Lines of several templates overlap and must not be added."""

    template: str
    title: str
    accesses: int  # with at least one match of this template
    only_by_this: int  # of which no other template matched

    def __post_init__(self) -> None:
        """Refuse more accesses explained by this alone than explained by this at all."""
        if not 0 <= self.only_by_this <= self.accesses:
            msg = f"template {self.template}: {self.only_by_this} only by this, of {self.accesses}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapLine:
    """How many accesses have exactly this number of templates that match; these lines do not overlap."""

    templates: int
    accesses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explaining:
    """What explained the accesses, and how far the explanations overlap."""

    basis: Basis
    templates: tuple[TemplateLine, ...]
    overlap: tuple[OverlapLine, ...]

    def __post_init__(self) -> None:
        """Refuse an overlap that contradicts the templates."""
        numbers = [line.templates for line in self.overlap]
        if numbers != sorted(set(numbers)):
            msg = "the overlap needs each number of templates once, in order"
            raise ValueError(msg)
        if self._matches() != sum(line.accesses for line in self.templates):
            msg = "the overlap and the templates tell different numbers of matches"
            raise ValueError(msg)
        if self._single() != sum(line.only_by_this for line in self.templates):
            msg = "the overlap and the templates tell different numbers of accesses with one reason"
            raise ValueError(msg)

    @property
    def accesses(self) -> int:
        """Return the number of accesses; the lines of the overlap are disjoint."""
        return sum(line.accesses for line in self.overlap)

    def _matches(self) -> int:
        return sum(line.templates * line.accesses for line in self.overlap)

    def _single(self) -> int:
        return sum(line.accesses for line in self.overlap if line.templates == 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The findings put forward, in order of rank."""

    basis: Basis
    cards: tuple[Card, ...]
    before_asking: str  # what to make sure of; goes on after "Before anyone is asked,"
    signal_titles: tuple[
        tuple[str, str], ...
    ] = ()  # identifier and title; a signal without one is told by its identifier

    def __post_init__(self) -> None:
        """Refuse cards out of rank, or two cards for one finding."""
        ranks = [card.finding.rank for card in self.cards]
        names = {card.finding.finding for card in self.cards}
        if ranks != sorted(set(ranks)) or len(names) != len(self.cards):
            msg = "the cards of a queue need distinct findings in order of rank"
            raise ValueError(msg)

    def title_of(self, signal: str) -> str:
        """Return the signal's title, else its identifier in words."""
        return dict(self.signal_titles).get(signal) or spoken(signal)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditDocument:
    """Everything the report of an audit run shows. Equal documents give the same bytes."""

    organisation: str
    period: Interval
    drawn_at: datetime  # passed in: the report reads no clock
    drawn_by: str  # the principal, for the report is a look at records
    purpose: Purpose
    provenance: Provenance
    summary: Summary
    explaining: Explaining
    queue: Queue
    coverage: Coverage
    integrity: Integrity
    simulated: bool = False
    zone: str = "Europe/London"
    marking: str | None = None  # a protective marking, where the organisation uses one

    def __post_init__(self) -> None:
        """Refuse parts that contradict one another, an open period, and an unknown time zone."""
        as_utc(self.drawn_at)
        ZoneInfo(self.zone)
        if self.period.end is None:
            msg = "a report needs a period with an end"
            raise ValueError(msg)
        if self.explaining.accesses != self.summary.accesses:
            msg = f"the overlap counts {self.explaining.accesses} accesses, the states {self.summary.accesses}"
            raise ValueError(msg)
        if len(self.queue.cards) > self.summary.episodes:
            msg = f"{len(self.queue.cards)} findings put forward, of {self.summary.episodes} episodes"
            raise ValueError(msg)

    @property
    def last(self) -> datetime:
        """Return the last microsecond of the period, since its end is not part of it."""
        assert self.period.end is not None
        return self.period.end - timedelta(microseconds=1)


def render(document: AuditDocument) -> str:
    """Return the document as one HTML page that needs no network and no script."""
    return html("audit.html.j2", {"document": document}, zone=document.zone)
