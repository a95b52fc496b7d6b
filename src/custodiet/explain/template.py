"""A template: a path of declared relations from the actor to the subject, as a value that was checked when read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class After(StrEnum):
    """When a template is tried: at once, or on what the first pass left without an explanation."""

    NOTHING = "nothing"
    EXPLAINED = "explained"


class Keep(StrEnum):
    """Which instances of a template are kept for one access."""

    ALL = "all"
    STRONGEST = "strongest"


class Status(StrEnum):
    """How far a template has come: tried without effect, in force, or kept for what it once explained."""

    SHADOW = "shadow"
    APPROVED = "approved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A column of a hop: `alias.column`; the alias `access` is the access itself."""

    alias: str
    column: str

    def __str__(self) -> str:
        """Return it as templates write it."""
        return f"{self.alias}.{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A hop's column is one of these texts, or (negated) none of them; an absent value is none of them."""

    column: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One relation on the path: its rows must equal earlier hops in the matched columns and pass the filters."""

    relation: str
    alias: str
    match: tuple[tuple[str, Reference], ...]
    where: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A column that holds an instant, moved by a span."""

    reference: Reference
    shift: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Moment:
    """The first of its terms whose column is known and not an open end; if none is, the last one as it stands."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`instant` lies in `[start, until)`; a missing bound does not bind, but one there must be."""

    instant: Moment
    start: Moment | None
    until: Moment | None

    def __post_init__(self) -> None:
        """Refuse a window without bounds: it would say nothing, and not even that its instant is known."""
        if self.start is None and self.until is None:
            msg = "a window needs a bound"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fading:
    """Strength halves with every `half_life` by which the access lies outside `[start, until]`."""

    half_life: timedelta
    start: Moment
    until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfAuthored:
    """Multiply by `factor` where the actor himself recorded a row of one of these hops."""

    of: tuple[str, ...]
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAfter:
    """Multiply by `factor` where a row of one of these hops was recorded later than `beyond` after the access."""

    of: tuple[str, ...]
    beyond: timedelta
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fanout:
    """Multiply by `most` / people where the row of hop `through` would excuse more than `most` people."""

    through: str
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How much an instance weighs: a base, and what lessens it."""

    base: float
    fading: Fading | None = None
    self_authored: SelfAuthored | None = None
    recorded_after: RecordedAfter | None = None
    fanout: Fanout | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Drawn tables in which the template must (or must not) find an instance for the first access."""

    name: str
    tables: str
    strength: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who let the template in, by post and never by name, and until when that holds. Dates are data: no run reads a clock."""

    status: Status = Status.APPROVED
    by: tuple[str, ...] = ()
    on: date | None = None
    shadow_until: date | None = None  # when the trial ends and somebody decides
    review_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One way in which operations account for an access."""

    id: str
    version: int
    title: str
    owner: str
    evidence_group: str
    sentence: str
    path: tuple[Hop, ...]
    windows: tuple[Window, ...]
    differs: tuple[tuple[Reference, Reference], ...]
    strength: Strength
    needs: tuple[str, ...]
    keep: Keep = Keep.ALL
    after: After = After.NOTHING
    approval: Approval = Approval()
    explains: tuple[Example, ...] = ()
    near_misses: tuple[Example, ...] = ()
    file: str = ""

    @property
    def in_force(self) -> bool:
        """Tell whether what it finds decides."""
        return self.approval.status is Status.APPROVED

    @property
    def shadow(self) -> bool:
        """Tell whether it is tried without effect: its instances are kept and counted, and add to no strength."""
        return self.approval.status is Status.SHADOW

    @property
    def retired(self) -> bool:
        """Tell whether it is out of use: it finds nothing any more."""
        return self.approval.status is Status.RETIRED

    def hop(self, alias: str) -> Hop:
        """Return the hop of that alias; raises KeyError."""
        for hop in self.path:
            if hop.alias == alias:
                return hop
        raise KeyError(alias)
