"""States of an access, and the explanations that decide them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What the explanation engine says of one access. Unexplained is not guilty."""

    EXPLAINED = "explained"  # strength >= 0.9
    WEAK = "weak"  # 0.3 <= strength < 0.9
    PENDING = "pending"  # a source of a kind that a template needs has no watermark past the access and its grace
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One instance of a template found for one access, with the ledger rows it rests on and a sentence."""

    access: int  # ledger index
    template: str
    evidence_group: str
    strength: float  # 0 to 1
    rests_on: tuple[int, ...]  # ledger indices, in the order of the template's path
    sentence: str
