"""The life of a proposal as the ledger tells it: mined, proposed, shadow, approved by two people, retired.

Records `mining/1` are open control entries. They hold figures, the template's text and logins, and nothing of any person
whose records were opened or who opened them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from custodiet.errors import BadInput

TYP = "mining/1"
#: How many different people must approve.
APPROVALS = 2
#: Acts that are about no proposal.
_APART = frozenset({"allowed", "forbidden", "searched"})


class Stage(StrEnum):
    """How far a proposal has come."""

    MINED = "mined"  # the machine found it
    PROPOSED = "proposed"  # a person has judged its sentences blind, and it may be put into shadow
    SHADOW = "shadow"  # it counts, and closes nothing
    APPROVED = "approved"  # by two people: it may go into a pack
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a reviewer made of the sentences, before he was told which of them were fakes."""

    entry: int
    by: str
    at: datetime
    sample: str  # digest of the answers that the sentences were laid out by
    accepted: int  # sentences that he would take as a reason
    of: int  # sentences that he was shown and marked
    fakes: int  # of those he marked
    fakes_accepted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a proposal in shadow would have matched in a run."""

    entry: int
    by: str
    at: datetime
    run: str
    residue: int
    matched: int
    would_close: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's approval, and the post in which he gave it."""

    entry: int
    by: str
    at: datetime
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One proposal with everything that befell it."""

    number: int  # of the entry by which it was mined
    name: str
    by: str
    at: datetime
    run: str
    template: str  # the file's text: as mined, then as it went into shadow
    figures: Mapping[str, Any]
    sample: str  # digest of the answers to the sentences that are there now
    marks: tuple[Marks, ...] = ()
    shadow_until: date | None = None
    shadowed_by: str | None = None
    counts: tuple[Count, ...] = ()
    approvals: tuple[Approval, ...] = ()
    retired_by: str | None = None
    retired_for: str | None = None

    @property
    def stage(self) -> Stage:
        """Return how far it has come."""
        if self.retired_by is not None:
            return Stage.RETIRED
        if len(self.approvals) >= APPROVALS:
            return Stage.APPROVED
        if self.shadow_until is not None:
            return Stage.SHADOW
        return Stage.PROPOSED if self.marks else Stage.MINED

    def marked_by(self, login: str) -> bool:
        """Tell whether that person has marked the sentences that are there now."""
        return any(marks.by == login and marks.sample == self.sample for marks in self.marks)


def stories(records: Iterable[tuple[int, Mapping[str, Any]]]) -> dict[int, Story]:
    """Return every proposal by its number, from the ledger's records in order; raises BadInput for records that make no sense."""
    told: dict[int, Story] = {}
    for index, record in records:
        act = record.get("act")
        if act == "mined":
            told[index] = _mined(index, record)
        elif act in _CHANGES:
            number = record.get("of")
            if type(number) is not int or number not in told:
                raise BadInput("A record of mining names no proposal.", found=f"entry {index}")
            told[number] = _CHANGES[act](told[number], index, record)
        elif act not in _APART:
            raise BadInput("A record of mining says nothing that is known.", found=f"entry {index}")
    return told


def instant_of(record: Mapping[str, Any]) -> datetime:
    """Return when the record says that it was made; raises BadInput."""
    try:
        return datetime.strptime(str(record.get("at")), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadInput("A record's time is not one.", expected="RFC 3339 in UTC") from error


def _mined(index: int, record: Mapping[str, Any]) -> Story:
    return Story(
        number=index,
        name=str(record["name"]),
        by=str(record["by"]),
        at=instant_of(record),
        run=str(record["run"]),
        template=str(record["template"]),
        figures=record["figures"],
        sample=str(record["sample"]),
    )


def _sampled(story: Story, _index: int, record: Mapping[str, Any]) -> Story:
    return replace(story, sample=str(record["sample"]))


def _marked(story: Story, index: int, record: Mapping[str, Any]) -> Story:
    marks = Marks(
        entry=index,
        by=str(record["by"]),
        at=instant_of(record),
        sample=str(record["sample"]),
        accepted=len(record["accepted"]),
        of=len(record["accepted"]) + len(record["doubted"]),
        fakes=int(record["fakes"]),
        fakes_accepted=int(record["fakes_accepted"]),
    )
    return replace(story, marks=(*story.marks, marks))


def _shadowed(story: Story, _index: int, record: Mapping[str, Any]) -> Story:
    return replace(
        story,
        template=str(record["template"]),
        shadow_until=date.fromisoformat(str(record["until"])),
        shadowed_by=str(record["by"]),
    )


def _counted(story: Story, index: int, record: Mapping[str, Any]) -> Story:
    count = Count(
        entry=index,
        by=str(record["by"]),
        at=instant_of(record),
        run=str(record["run"]),
        residue=int(record["residue"]),
        matched=int(record["matched"]),
        would_close=int(record["would_close"]),
    )
    return replace(story, counts=(*story.counts, count))


def _approved(story: Story, index: int, record: Mapping[str, Any]) -> Story:
    approval = Approval(entry=index, by=str(record["by"]), at=instant_of(record), post=str(record["post"]))
    return replace(story, approvals=(*story.approvals, approval))


def _retired(story: Story, _index: int, record: Mapping[str, Any]) -> Story:
    return replace(story, retired_by=str(record["by"]), retired_for=str(record["reason"]))


_CHANGES = {
    "sampled": _sampled,
    "marked": _marked,
    "shadowed": _shadowed,
    "counted": _counted,
    "approved": _approved,
    "retired": _retired,
}
