"""States of an access, and the explanations that decide them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """What the explanation engine says of one access. Unexplained is not guilty."""

    EXPLAINED = "explained"  # strength >= 0.9
    WEAK = "weak"  # 0.3 <= strength < 0.9
    PENDING = "pending"  # a source of a kind that a template needs has no watermark past the access and its grace
    UNEXPLAINED = "unexplained"


class Timing(StrEnum):
    """Whether a row was recorded before or after the access that it explains."""

    BEFORE = "before"
    AFTER = "after"  # at the moment itself, or later
    UNKNOWN = "unknown"  # the source does not say when it recorded the row


@dataclass(frozen=True, slots=True, kw_only=True)
class RowBehind:
    """A row of the ledger that an explanation rests on: what it is, and who said so when."""

    index: int
    kind: str  # a kind of fact, or "access" for an earlier look
    source: str
    recorded_at: datetime | None
    recorded_by: str | None  # staff number
    timing: Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One instance of a template found for one access, with the ledger rows it rests on and a sentence."""

    access: int  # ledger index
    template: str
    evidence_group: str
    strength: float  # 0 to 1
    rests_on: tuple[int, ...]  # ledger indices, in the order of the template's path
    sentence: str
    title: str = ""
    says: str = ""  # what the strength means, in words
    shadow: bool = False  # the template is on trial: it counts for nothing
    rows: tuple[RowBehind, ...] = ()  # what stands at those indices
