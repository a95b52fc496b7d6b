"""Prints the account of one access so that somebody who knows none of this tool's words can read it on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from custodiet.app.findings import Why
from custodiet.cli.printing import console, hanging, shown, times
from custodiet.model.explanations import Explanation, RowBehind, Timing
from custodiet.report.wording import LocalClock

#: Reasons that are told in full; of the others one line each, and of more than that their number.
_IN_FULL, _MOST = 3, 8
_TIMING: Mapping[Timing, str] = {
    Timing.BEFORE: "before the look",
    Timing.AFTER: "AFTER the look",
    Timing.UNKNOWN: "when it was recorded is not told",
}


def print_why(told: Why) -> None:
    """Print what was looked at, whether that is explained, every reason with what it rests on, and what was not there."""
    out, access = console(), told.access
    clock = LocalClock(told.zone)
    what = f"{told.actor} {_did(access)} {access['subject_kind']} {access['subject']} in {access['system']}"
    out.print(f"Event {access['access']:,}: {shown(what)}, {clock.second(access['occurred_at'])}")
    for line in _stated(access):
        out.print(shown(line))
    out.print()
    out.print(f"[bold]{told.state.upper()}[/bold] (strength {told.strength:.2f}). {told.says}")
    for explanation in told.explanations[:_MOST]:
        _print_reason(explanation, told, clock, in_full=explanation in told.explanations[:_IN_FULL])
    if len(told.explanations) > _MOST:
        out.print(
            hanging(
                f"{times(len(told.explanations) - _MOST, 'further reason', 'further reasons')} with --json", width=6
            )
        )
    for head, lines in _lacking(told):
        out.print()
        out.print(f"[bold]{head}[/bold]")
        for line in lines:
            out.print(hanging(line, under="-", width=2))


def _print_reason(explanation: Explanation, told: Why, clock: LocalClock, *, in_full: bool) -> None:
    out = console()
    out.print()
    out.print(hanging(explanation.sentence, under=f"{explanation.strength:.2f}", width=6, style="bold"))
    says = explanation.says[:1].upper() + explanation.says[1:]
    out.print(hanging(f"{says} ({explanation.title}; template {explanation.template}).", width=6))
    if in_full:
        for row in explanation.rows:
            out.print(hanging(_row(row, told, clock), under="-", width=8))
    else:
        out.print(hanging("rests on " + ", ".join(f"{index:,}" for index in explanation.rests_on), under="-", width=8))


def _row(row: RowBehind, told: Why, clock: LocalClock) -> str:
    kind = "earlier look" if row.kind == "access" else row.kind.replace("_", " ")
    head = f"{kind}, entry {row.index:,} from {row.source}"
    if row.kind == "access":
        return head if row.recorded_at is None else f"{head}, {clock.minute(row.recorded_at)}"
    by = "" if row.recorded_by is None else f" by {_author(row.recorded_by, told)}"
    if row.recorded_at is None:
        return f"{head}: {f'recorded{by}; ' if by else ''}{_TIMING[row.timing]}"
    return f"{head}: recorded{by and by + ','} {clock.minute(row.recorded_at)}, {_TIMING[row.timing]}"


def _author(number: str, told: Why) -> str:
    return "the one who looked" if number == told.access["actor"] else told.called.get(number, number)


def _lacking(told: Why) -> Iterator[tuple[str, list[str]]]:
    if told.nearest_miss:
        yield "What was looked for", [told.nearest_miss]
    if told.awaited:
        yield (
            "Still awaited",
            [
                f"{one.kind.replace('_', ' ')} from {one.source}, which came in up to {LocalClock(told.zone).minute(one.delivered_to)}"
                for one in told.awaited
            ],
        )
    if told.not_seen:
        yield "Not there to be seen", list(told.not_seen)


def _did(access: Mapping[str, object]) -> str:
    return {
        "search": "searched for",
        "list": "listed",
        "view": "looked at",
        "edit": "changed the record of",
        "print": "printed the record of",
        "export": "exported the record of",
    }.get(str(access["channel"]), "used the record of")


def _stated(access: Mapping[str, object]) -> Iterator[str]:
    stated, quoted = access.get("stated_purpose"), access.get("quoted_reference")
    if stated:
        yield f"Reason typed: {stated}"
    if quoted:
        yield f"Reference typed: {quoted} (by itself it explains nothing)"
