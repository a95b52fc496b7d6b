"""Heartbeats: a source was asked and had nothing new. So "nothing came" is not taken for "nothing happened"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from custodiet.model.instants import rfc3339

TYP = "heartbeat/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Source `source` was asked at `at` and had nothing that had not been delivered."""

    source: str
    at: datetime
    sequence: int | None = None  # the last running number that the source said it had given

    def record(self) -> dict[str, object]:
        """Return the `heartbeat/1` record."""
        return {"typ": TYP, "source": self.source, "at": rfc3339(self.at), "sequence": self.sequence}

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Heartbeat:
        """Return the heartbeat that a record holds."""
        return cls(source=record["source"], at=instant(record["at"]), sequence=record["sequence"])


def instant(text: str) -> datetime:
    """Return the instant that a record's RFC 3339 text says."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
