"""How long each source has been silent, by what the ledger itself says: its deliveries and its heartbeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from custodiet.ingest.heartbeat import Heartbeat, instant


class Standing(StrEnum):
    """How a source stands at a moment."""

    HEARD = "heard"  # within its rhythm
    OVERDUE = "overdue"  # silent for longer than its rhythm
    BEHIND = "behind"  # it said that it has records which did not come
    NO_RHYTHM = "no_rhythm"  # nobody said how often it should be heard


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHeard:
    """What was heard of a source."""

    source: str
    delivery: str | None = None  # the last
    received_at: datetime | None = None  # when that came in
    last_at: datetime | None = None  # the latest access that it told of
    heartbeat_at: datetime | None = None  # when it last said that there was nothing new
    last_sequence: int | None = None  # of what was delivered
    told_sequence: int | None = None  # of what it said it had given
    rhythm: timedelta | None = None  # as the mapping of the last delivery says

    def silent(self, now: datetime) -> timedelta | None:
        """Return how long it has been silent: since its latest access or heartbeat, or since something came in."""
        told = [each for each in (self.last_at, self.heartbeat_at) if each is not None]
        since = max(told, default=self.received_at)
        return None if since is None else max(now - since, timedelta(0))

    @property
    def is_behind(self) -> bool:
        """Tell whether it said that it has given more than came."""
        return self.told_sequence is not None and self.told_sequence > (self.last_sequence or 0)

    def standing(self, now: datetime) -> Standing:
        """Return how it stands."""
        if self.is_behind:
            return Standing.BEHIND
        silent = self.silent(now)
        if self.rhythm is None or silent is None:
            return Standing.NO_RHYTHM
        return Standing.OVERDUE if silent > self.rhythm else Standing.HEARD


def heard(deliveries: Iterable[Mapping[str, Any]], heartbeats: Iterable[Heartbeat]) -> list[SourceHeard]:
    """Return what was heard of each source, by name, from its delivery records in order and its heartbeats."""
    sources: dict[str, SourceHeard] = {}
    for body in deliveries:
        before = sources.get(body["source"], SourceHeard(source=body["source"]))
        sources[body["source"]] = _with_delivery(before, body)
    for beat in heartbeats:
        before = sources.get(beat.source, SourceHeard(source=beat.source))
        sources[beat.source] = replace(
            before,
            heartbeat_at=_later(before.heartbeat_at, beat.at),
            told_sequence=_larger(before.told_sequence, beat.sequence),
        )
    return [sources[name] for name in sorted(sources)]


def _with_delivery(before: SourceHeard, body: Mapping[str, Any]) -> SourceHeard:
    rhythm = body.get("rhythm")  # records of the first version have none
    again = bool(body["redrives"])  # records that came before and were mended say nothing about the rhythm
    return replace(
        before,
        delivery=body["delivery"],
        received_at=instant(body["received_at"]),
        last_at=before.last_at if body["last_at"] is None else _later(before.last_at, instant(body["last_at"])),
        last_sequence=_larger(before.last_sequence, body["last_sequence"]),
        rhythm=before.rhythm if again else None if rhythm is None else timedelta(seconds=rhythm),
    )


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _larger(one: int | None, other: int | None) -> int | None:
    return max((each for each in (one, other) if each is not None), default=None)
