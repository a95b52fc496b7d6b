"""Local times to instants, in plain Python: the definition of what `[time]` means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from custodiet.ingest.mapping import Ambiguous, Nonexistent, TimeRules

AMBIGUOUS_TIME, NO_SUCH_TIME = "ambiguous_time", "no_such_time"


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, or the reason why a local time names none."""

    instant: datetime | None
    fault: str | None = None


def resolve(local: datetime, time: TimeRules) -> Moment:
    """Return the instant of the local time, or why the mapping does not let it be read."""
    assert time.zone is not None
    zone = ZoneInfo(time.zone)
    readings = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = sorted({reading for reading in readings if reading.astimezone(zone).replace(tzinfo=None) == local})
    if len(real) == 1:
        return Moment(real[0])
    if not real:
        forward = time.nonexistent is Nonexistent.FORWARD
        return Moment(readings[0]) if forward else Moment(None, NO_SUCH_TIME)
    if time.ambiguous is Ambiguous.QUARANTINE:
        return Moment(None, AMBIGUOUS_TIME)
    return Moment(real[0] if time.ambiguous is Ambiguous.FIRST else real[-1])
