"""The force's calendar: local midnights and clock changes, so that the world runs in UTC and shifts start by the local clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from custodiet.simulator.streams import HOUR, Ints

ZONE = ZoneInfo("Europe/London")
HISTORY = 120  # days before the first that matters may go back to
BEYOND = 40  # days after the last that a validity may run to


def _milliseconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp()) * 1000


@dataclass(frozen=True, slots=True)
class Clock:
    """A stretch of days; day 0 is the first one with accesses. Instants are UTC milliseconds."""

    start: date
    days: int
    midnights: Ints  # UTC instant of each local midnight, from HISTORY days before the start
    offsets: Ints  # local time minus UTC in each hour, from the first midnight

    @classmethod
    def of(cls, start: date, days: int) -> Clock:
        """Return the calendar of that many days."""
        first = start - timedelta(days=HISTORY)
        dates = [first + timedelta(days=n) for n in range(HISTORY + days + BEYOND)]
        midnights = np.array([_milliseconds(datetime.combine(day, time(), ZONE)) for day in dates], np.int64)
        hours = range(int(midnights[0]), int(midnights[-1]) + 24 * HOUR, HOUR)
        moments = (datetime.fromtimestamp(hour / 1000, ZONE) for hour in hours)
        offsets = [int((moment.utcoffset() or timedelta()).total_seconds()) * 1000 for moment in moments]
        return cls(start, days, midnights, np.array(offsets, np.int64))

    @property
    def opens(self) -> int:
        """Return the first instant of day 0."""
        return int(self.midnights[HISTORY])

    @property
    def closes(self) -> int:
        """Return the first instant after the last day."""
        return int(self.midnights[HISTORY + self.days])

    def midnight(self, day: Ints) -> Ints:
        """Return the instants of the local midnights that start those days."""
        return self.midnights[np.clip(day + HISTORY, 0, len(self.midnights) - 1)]

    def day_of(self, instant: Ints) -> Ints:
        """Return the days that the instants fall on by the local clock."""
        passed: Ints = np.searchsorted(self.midnights, instant, side="right").astype(np.int64)
        return passed - 1 - HISTORY

    def local(self, instant: Ints) -> Ints:
        """Return the instants as milliseconds of the local clock."""
        hour = np.clip((instant - self.midnights[0]) // HOUR, 0, len(self.offsets) - 1)
        shift: Ints = self.offsets[hour]
        return instant + shift

    def date_of(self, day: int) -> date:
        """Return the date of a day."""
        return self.start + timedelta(days=day)
