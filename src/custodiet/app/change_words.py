"""What changed between two runs, in sentences: what it rested on, which entry did it, and when that became known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from custodiet.explain.sentences import in_words, span, with_article
from custodiet.model.changes import (
    Cause,
    CauseKind,
    ChangeKind,
    FindingChange,
    FindingChangeKind,
    Standing,
    StateChange,
)
from custodiet.report.wording import counted, day, number

#: Causes named in one sentence; the others are counted.
_MOST = 3
_HEADS = {
    ChangeKind.REOPENED: "Re-opened",
    ChangeKind.EXPLAINED: "Explained later",
    ChangeKind.PENDING: "Waits now",
    ChangeKind.WAITED_IN_VAIN: "Waited in vain",
    ChangeKind.WEAKER: "Weaker",
    ChangeKind.STRONGER: "Stronger",
    ChangeKind.OTHER_STATE: "Judged otherwise",
    ChangeKind.OTHER_REASON: "For another reason",
    ChangeKind.ATTRIBUTED: "Attributed otherwise",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What each run gives as the reason of one access; None where it is not to be told."""

    before: str | None = None
    after: str | None = None


def change_words(change: StateChange, reasons: Reasons, zone: ZoneInfo) -> str:
    """Return the change as sentences: what became of it, by which entries, known since when."""
    by = _by(change, zone)
    body = {
        ChangeKind.REOPENED: f"{by}. {_had(reasons.before)}",
        ChangeKind.EXPLAINED: f"{_reason(reasons.after)} Known since this: {by}.",
        ChangeKind.PENDING: f"{_waits(change)}; {by}.",
        ChangeKind.WAITED_IN_VAIN: f"{_vain(change)}",
        ChangeKind.OTHER_REASON: f"{_reason(reasons.after)} Since this: {by}.",
        ChangeKind.ATTRIBUTED: f"{_attributed(change)}; {by}.",
    }.get(change.change, f"{_strengths(change)}; {by}.")
    return f"{_HEADS[change.change]}: {body}".strip()


def finding_words(change: FindingChange) -> str:
    """Return what became of a finding as a sentence."""
    before, after = change.before, change.after
    name = change.change
    if after is None:
        why = (
            f"its accesses are {change.other}'s now"
            if name is FindingChangeKind.JOINED
            else "nothing in it is left open"
        )
        return f"Left the queue, where it stood {_place(before)}: {why}."
    if name is FindingChangeKind.REOPENED:
        return f"Re-opened: again in the queue, {_place(after)}, since an access in it is not explained any more."
    if name is FindingChangeKind.ENTERED:
        return f"New in the queue, {_place(after)}."
    if name is FindingChangeKind.PARTED:
        return f"New in the queue, {_place(after)}: its accesses were {change.other}'s before."
    was = f"Was {change.other}, " if name is FindingChangeKind.RENAMED else "Moved: was "
    return f"{was}{_place(before)}; now {_place(after)}."


def clause(cause: Cause, occurred_at: datetime, zone: ZoneInfo) -> str:
    """Return the cause as a clause without a full stop: what was done, by whom, as which entry and when it became known."""
    at = _through(cause)
    known = (
        f"entry {number(cause.entry)}{_on(cause, zone)}{_after(cause, occurred_at)}" if cause.entry is not None else ""
    )
    kind = (cause.kind or "").replace("_", " ")
    rows = {
        CauseKind.CAME: f"{with_article(kind)} came from {cause.source} as {known}",
        CauseKind.SUPERSEDED: f"the {kind} in entry {_fact(cause)} was corrected by {cause.source} as {known}",
        CauseKind.WITHDRAWN: f"the {kind} in entry {_fact(cause)} was withdrawn by {cause.source} as {known}",
        CauseKind.MERGED: f"number {cause.subject} was merged into {cause.survivor} by {cause.source} as {known}",
        CauseKind.SPLIT: f"the merge of {cause.subject} into {cause.survivor} in entry {_fact(cause)}"
        f" was taken back by {cause.source} as {known}",
        CauseKind.CROWD: "the number of people who could say the same through those rows is another",
        CauseKind.CLOCK: "the sources have come further",
        CauseKind.PACKS: "the pack was changed",
        CauseKind.CODE: "the software was changed",
        CauseKind.REQUESTER: "a row behind the requester's own reason changed",
    }
    if cause.cause is CauseKind.CAME and cause.kind == "access":
        return f"{at}event {_fact(cause)}, a look on which it rests, came from {cause.source} as {known}"
    return at + rows[cause.cause]


def _by(change: StateChange, zone: ZoneInfo) -> str:
    causes = [one for one in change.causes if not _is_other_half(one, change.causes)]
    told = [clause(one, change.occurred_at, zone) for one in causes[:_MOST]]
    more = len(causes) - len(told)
    return "; ".join([*told, *([f"and {counted(more, 'more row')}"] if more else [])])


def _is_other_half(cause: Cause, causes: Sequence[Cause]) -> bool:
    """Tell whether the row came in the place of one that is told already: a correction is one thing."""
    return cause.cause is CauseKind.CAME and any(
        one.cause is CauseKind.SUPERSEDED and (one.entry, one.through) == (cause.entry, cause.through) for one in causes
    )


def _through(cause: Cause) -> str:
    return "" if cause.through is None else f"of event {number(cause.through)}, on which it rests, "


def _fact(cause: Cause) -> str:
    return number(cause.fact or 0)


def _on(cause: Cause, zone: ZoneInfo) -> str:
    if cause.known_at is None:
        return ""
    known = f" on {day(cause.known_at.astimezone(zone).date())}"
    if cause.recorded_at is None:
        return known
    return f"{known} (recorded there on {day(cause.recorded_at.astimezone(zone).date())})"


def _after(cause: Cause, occurred_at: datetime) -> str:
    if cause.known_at is None:
        return ""
    gap = cause.known_at - occurred_at
    length = span(abs(gap.days * 86_400 + gap.seconds) * 1_000_000)
    if length is None:
        return ""
    count, _, unit = length.partition(" ")
    return f", {in_words(int(count))} {unit} {'after' if gap.days >= 0 else 'before'} the look"


def _had(reason: str | None) -> str:
    return "What had explained it is told by a pack that is not in use any more." if reason is None else (
        f"It had been explained as: {reason}"
    )  # fmt: skip


def _reason(reason: str | None) -> str:
    return "the reason is told by a pack that is not in use any more." if reason is None else reason


def _waits(change: StateChange) -> str:
    return f"{change.awaited} may still come" if change.awaited else "a source may still deliver"


def _vain(change: StateChange) -> str:
    awaited = change.awaited or "anything"
    return f"{awaited} is not awaited any more for this look, and nothing that came explains it."


def _strengths(change: StateChange) -> str:
    return (
        f"{change.before} with strength {change.strength_before:.2f} before,"
        f" {change.after} with strength {change.strength_after:.2f} now"
    )


def _attributed(change: StateChange) -> str:
    return (
        f"counted for {change.actor_before} and {change.subject_before} before,"
        f" for {change.actor_after} and {change.subject_after} now"
    )


def _place(standing: Standing | None) -> str:
    if standing is None:
        return "nowhere"
    return (
        f"at place {number(standing.rank)} with {counted(standing.score, 'point')}"
        f" ({standing.unexplained:,} of {counted(standing.accesses, 'access', 'accesses')} unexplained, {standing.weak:,} weak)"
    )
