"""What verification finds wrong: one named fault, with the place and what can still be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from custodiet.errors import VerificationFailed


class Part(StrEnum):
    """The part of a log that a fault lies in."""

    DATA = "data"  # rows, segments: what was logged
    TREE = "tree"  # level files: hashes that can be computed again from the data
    CHECKPOINT = "checkpoint"
    MANIFEST = "manifest"
    SEEDS = "seeds"  # without them a segment's rows cannot be tied to its entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing that is wrong."""

    part: Part
    sentence: str
    index: int | None = None  # of the first entry it touches
    file: str | None = None
    row: int | None = None  # in the file, from 0
    last_good: int | None = None  # the largest checkpointed size below the fault
    last_witnessed: int | None = None  # the largest such size that a quorum of witnesses vouches for

    def __str__(self) -> str:
        """Return the sentence, the place, and up to where the log is as it was signed and as witnesses saw it."""
        place = [f"file {self.file}"] if self.file is not None else []
        place += [f"entry {self.index}"] if self.index is not None else []
        place += [f"row {self.row}"] if self.row is not None else []
        where = f" ({', '.join(place)})" if place else ""
        good = f" Entries below {self.last_good} are as they were signed." if self.last_good else ""
        vouched = f" Witnesses vouch for the entries below {self.last_witnessed}." if self.last_witnessed else ""
        return f"{self.sentence}{where}{good}{vouched}"


class LogDamaged(VerificationFailed):
    """The log is not what was signed; `fault` says where."""

    def __init__(self, fault: Fault) -> None:
        """Keep the fault beside its sentence."""
        super().__init__(str(fault))
        self.fault = fault
