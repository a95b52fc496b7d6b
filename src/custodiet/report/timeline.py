"""The days of an episode: its accesses on the local clock, with the actor's duty behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from custodiet.model.explanations import State
from custodiet.report.drawing import Segment, percent
from custodiet.report.finding_card import AccessLine, DutySpell
from custodiet.report.wording import spoken, weekday

WORKING = frozenset({"duty", "overtime", "on_call", "court", "training"})
_DAY = timedelta(days=1)

#: Most days of one finding that are drawn.
MOST_DAYS = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An access on its day's strip."""

    x: str
    at: str  # "14:35"
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A local day with at least one access."""

    label: str
    idle_before: int  # days without access since the row above
    duty: str  # in words
    bands: tuple[Segment, ...]
    marks: tuple[Mark, ...]


def days(accesses: Sequence[AccessLine], duty: Sequence[DutySpell], zone: ZoneInfo) -> tuple[Day, ...]:
    """Return the days that have an access, in order."""
    by_day: dict[date, list[Mark]] = {}
    for line in accesses:
        there = _wall(line.occurred_at, zone)
        mark = Mark(x=_x(there - _midnight(there.date())), at=f"{there:%H:%M}", state=line.state)
        by_day.setdefault(there.date(), []).append(mark)
    spells = _near(accesses, duty, zone)
    dates = sorted(by_day)
    before = [None, *dates][: len(dates)]
    return tuple(
        _day(when, 0 if last is None else (when - last).days - 1, by_day[when], spells, roster=bool(duty))
        for when, last in zip(dates, before, strict=True)
    )


def duty_at(instant: datetime, duty: Sequence[DutySpell]) -> str:
    """Return in words what the roster says of the instant; a spell worked outweighs one planned."""
    if not duty:
        return "No roster"
    found = sorted(
        (spell for spell in duty if instant in spell.during),
        key=lambda spell: (spell.status != "worked", spell.duty not in WORKING, spell.duty),
    )
    if not found:
        return "Off duty"
    first = found[0]
    words = "On duty" if first.duty == "duty" else spoken(first.duty)
    return words if first.status == "worked" else f"{words} ({first.status})"


@dataclass(frozen=True, slots=True)
class _LocalSpell:
    """A spell on the local clock, without zone: what a reader of the strip sees."""

    duty: str
    status: str
    start: datetime
    end: datetime

    def on(self, when: date) -> bool:
        return self.start < _midnight(when) + _DAY and self.end > _midnight(when)

    @property
    def works(self) -> bool:
        return self.duty in WORKING

    def band(self, when: date) -> Segment:
        midnight = _midnight(when)
        start, end = max(self.start, midnight), min(self.end, midnight + _DAY)
        return Segment(x=_x(start - midnight), width=_x(end - start))

    def words(self, when: date) -> str:
        if not self.works:
            return _lower(self.duty)
        midnight = _midnight(when)
        start = "00:00" if self.start < midnight else f"{self.start:%H:%M}"
        end = "24:00" if self.end >= midnight + _DAY else f"{self.end:%H:%M}"
        planned = "" if self.status == "worked" else f" ({self.status})"
        return f"{_lower(self.duty)} {start}–{end}{planned}"


def _near(accesses: Sequence[AccessLine], duty: Sequence[DutySpell], zone: ZoneInfo) -> list[_LocalSpell]:
    """Return the spells cut to the days around the accesses, since a spell may be without beginning or end."""
    times = [line.occurred_at for line in accesses]
    if not times:
        return []
    since, until = min(times) - 2 * _DAY, max(times) + 2 * _DAY
    near = ((spell, max(spell.during.start, since), min(spell.during.end or until, until)) for spell in duty)
    return [
        _LocalSpell(s.duty, s.status, _wall(start, zone), _wall(end, zone)) for s, start, end in near if start < end
    ]


def _day(when: date, idle: int, marks: list[Mark], spells: list[_LocalSpell], *, roster: bool) -> Day:
    worked = {(s.duty, s.start, s.end) for s in spells if s.status == "worked"}
    real = (s for s in spells if s.status == "worked" or (s.duty, s.start, s.end) not in worked)
    touching = sorted((s for s in real if s.on(when)), key=lambda s: (s.start, s.end, s.duty, s.status))
    words = dict.fromkeys(spell.words(when) for spell in touching)
    return Day(
        label=weekday(when),
        idle_before=idle,
        duty=_duty_words(tuple(words), roster=roster),
        bands=tuple(dict.fromkeys(spell.band(when) for spell in touching if spell.works)),
        marks=tuple(marks),
    )


def _duty_words(words: tuple[str, ...], *, roster: bool) -> str:
    if words:
        text = "; ".join(words)
        return text[0].upper() + text[1:]
    return "No duty recorded" if roster else "No roster"


def _lower(code: str) -> str:
    return code.replace("_", " ")


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _midnight(when: date) -> datetime:
    return datetime.combine(when, time.min)


def _x(span: timedelta) -> str:
    return percent(span.total_seconds(), _DAY.total_seconds())
