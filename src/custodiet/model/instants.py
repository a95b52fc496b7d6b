"""Instants and half-open intervals. An instant is UTC with microseconds; `[from, to)` everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


def as_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC; a naive time is refused, for it names no instant."""
    if instant.tzinfo is None:
        msg = "an instant needs a time zone"
        raise ValueError(msg)
    return instant.astimezone(UTC)


def rfc3339(instant: datetime) -> str:
    """Return the instant as RFC 3339 text in UTC with six digits, as entries and `--json` write it."""
    return as_utc(instant).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """`[start, end)`; an end of None means that no end is known."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse naive times and ends before starts; an empty interval is allowed and contains nothing."""
        start = as_utc(self.start)
        if self.end is not None and as_utc(self.end) < start:
            msg = "an interval cannot end before it starts"
            raise ValueError(msg)

    def __contains__(self, instant: datetime) -> bool:
        """Tell whether the instant is at or after the start and before the end."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def widened(self, *, before: timedelta = timedelta(0), after: timedelta = timedelta(0)) -> Interval:
        """Return the interval that starts earlier and ends later by the given spans."""
        return Interval(start=self.start - before, end=None if self.end is None else self.end + after)
