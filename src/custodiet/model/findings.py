"""A finding: one actor-subject episode that nothing explains, with named signals whose points add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One named piece of evidence: its points and a sentence that a person can check."""

    signal: str
    points: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An episode with its signals. The score is the sum of the points shown, and for triage only."""

    finding: str  # "F-" and eight letters: stable for the same episode, holds no personal data
    rank: int
    actor: str
    subject: str
    first_at: datetime
    last_at: datetime
    accesses: int
    unexplained: int
    systems: tuple[str, ...]
    signals: tuple[Signal, ...]
    nearest_miss: str  # what was looked for and the closest thing found

    @property
    def score(self) -> int:
        """Return the sum of the signals' points; there is no score without its parts."""
        return sum(signal.points for signal in self.signals)
