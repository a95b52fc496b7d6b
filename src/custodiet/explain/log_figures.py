"""What an evaluation on a process log found: figures about accesses and reasons, none about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

#: What each family of fakes is, in words.
FAMILIES = {
    "uniform": "anybody at any open case, at the time of a real access",
    "degree-preserving": "the actor and time of a real access, with the case of another access of that day",
    "same team": "the case and time of a real access, with a colleague of the actor's team",
    "related case": "the actor and time of a real access, with a case on which a colleague of that case was at work about then",
}
#: What each reason says, in the order in which they are listed.
REASONS = {
    "stage": "does the work that comes after the stage at which the case stood",
    "handover": "takes over from whoever was last at the case",
    "colleague": "works on the cases of those who were at this one",
    "team": "is of a team that does the work of this stage, or takes over from the last team",
    "group": "is of one learned collaboration group with somebody who was at the case",
    "attribute": "works on cases with these attributes",
    "named": "is named by an attribute of the case",
    "opened": "opened the case, and so was given it",
    "recent work": "was doing this work on other cases, or was at the cases registered next to it",
    "rhythm": "was at work then, and the case was at an age at which somebody acts (explains nothing by itself)",
    "repeat": "had been at the case before, and other reasons explain that",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share with its interval of 95 %; None where it is a share of nothing."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Recall and precision at one threshold, against as many fakes as real accesses."""

    threshold: float | None  # None: no threshold reached the precision, and nothing is claimed
    recall: Share
    precision: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A point of the precision-recall curve of the evaluated period."""

    recall: float
    precision: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyFigures:
    """One family of fakes against the real accesses of the evaluated period."""

    family: str
    fakes: int
    swallowed: int  # fakes that the frozen threshold explains
    frozen: Standing  # at the one threshold that was frozen against the first two families
    own: Standing  # at the threshold that was frozen against this family alone
    best_recall: float  # read off the evaluated period itself: where precision is still what was aimed at
    first: Standing  # first accesses of an actor to a case only, at the one frozen threshold
    first_best_recall: float
    met: int  # fakes drawn without leaving out actors who do work on the case at some time
    met_pairs: int  # of which such actors
    met_precision: float | None  # precision against those
    curve: Sequence[CurvePoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonFigures:
    """What one reason does for the real accesses that are explained. Reasons overlap: the counts do not add up."""

    reason: str
    supports: int  # explained accesses for which it speaks
    leads: int  # of which it speaks loudest
    only: int  # of which would not be explained without it
    there: float  # share of the compared real accesses, explained or not, of which its evidence says more than nothing
    precision: (
        float | None
    )  # of those and of as many degree-preserving fakes, the share that is real: its worth by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakCheck:
    """Whether the access's own event, or anything later, has a part in its reasons."""

    controls: int  # accesses judged again on a log that ends before them
    identical: int
    canaries: int  # real accesses that were handed in as if they were fakes
    canaries_identical: int
    canary_recall: float
    other_recall: float
    standard_error: float

    @property
    def holds(self) -> bool:
        """Tell whether nothing leaked."""
        same = self.controls == self.identical and self.canaries == self.canaries_identical
        return same and abs(self.canary_recall - self.other_recall) <= 3 * self.standard_error + 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFigures:
    """The whole evaluation."""

    file: str
    events: int
    cases: int
    actors: int
    teams: int
    machines: int
    learned_from: datetime
    threshold_from: datetime
    evaluated_from: datetime
    evaluated_to: datetime
    accesses: int  # real accesses of the evaluated period
    sampled: int  # of which were compared with fakes
    first_events: int  # of the sampled: nothing of the case came before
    first_events_explained: int  # of which explained, by what stands on the case itself
    first_of_pair: int  # of the sampled: the actor's first at the case
    explained: int  # of the sampled
    seed: int
    aim: float
    threshold: float | None
    families: Sequence[FamilyFigures]
    reasons: Sequence[ReasonFigures]
    leak: LeakCheck
    attributes: Sequence[str]
    notes: Sequence[str]
    judged: int = 0  # accesses that were handed in to be judged
    judged_explained: int = 0
