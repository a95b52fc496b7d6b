"""Prints what an evaluation on a process log found."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from custodiet.cli.printing import console, print_json, shown, table, times
from custodiet.explain.log_figures import FAMILIES, REASONS, LogFigures, Share
from custodiet.model.instants import rfc3339


def print_log_figures(found: LogFigures, out: Path | None, *, as_json: bool) -> int:
    """Print the figures; returns 1 where the leak check failed, for then no figure is worth anything."""
    if as_json:
        body = {name: getattr(found, name) for name in found.__dataclass_fields__}
        print_json("log_evaluation/1", {**body, "leak_free": found.leak.holds, "written_to": out})
        return int(not found.leak.holds)
    _print_log(found)
    _print_families(found)
    _print_reasons(found)
    _print_leak(found)
    if found.judged:
        console().print(
            f"Of {times(found.judged, 'access', 'accesses')} of your own {found.judged_explained:,} are explained."
        )
    if out is not None:
        console().print(f"Wrote {shown(str(out))}: it names actors and cases.")
    return int(not found.leak.holds)


def _print_log(found: LogFigures) -> None:
    say = console().print
    machines = f" {times(found.machines, 'account is', 'accounts are')} no people." if found.machines else ""
    say(
        f"{shown(found.file)}: {times(found.events, 'event', 'events')}, {times(found.cases, 'case', 'cases')},"
        f" {times(found.actors, 'actor', 'actors')}.{machines}"
    )
    for note in found.notes:
        say(shown(note))
    if found.attributes:
        say(f"Attributes of cases that may speak: {shown(', '.join(found.attributes))}.")
    say(
        f"Weights were learned from {_day(found.learned_from)}, the threshold was frozen on accesses from"
        f" {_day(found.threshold_from)}, and what follows is measured from {_day(found.evaluated_from)} to {_day(found.evaluated_to)}:"
    )
    say(
        f"{times(found.accesses, 'access', 'accesses')}, of which {found.sampled:,} were compared with as many fakes of each family."
        f" {found.first_events:,} of these are first events of a case: nothing stands before them, and only what stands on the"
        f" case itself can explain them (it explains {found.first_events_explained:,})."
    )
    say()
    if found.threshold is None:
        say(
            f"[bold]Nothing is explained[/bold]: no threshold had a precision of {found.aim:.0%} on the earlier accesses. Who comes to"
            " which case cannot be told from what this log shows, and that is not claimed."
        )
    else:
        share = found.explained / max(1, found.sampled)
        say(f"[bold]{found.explained:,} of {found.sampled:,} accesses ({share:.1%}) are explained.[/bold]")


def _print_families(found: LogFigures) -> None:
    rows = [
        (
            one.family,
            one.fakes,
            one.swallowed,
            _interval(one.frozen.recall),
            _interval(one.frozen.precision),
            _share(one.own.recall),
            _share(one.own.precision),
            _percent(one.best_recall),
        )
        for one in found.families
    ]
    heads = ("fakes", "made", "explained", "recall", "precision", "own recall", "own precision", "best recall")
    title = (
        "All accesses at the frozen threshold; at one of their own that was frozen against this family alone;"
        f" and the best recall with a precision of {found.aim:.0%}, read off afterwards"
    )
    console().print(table(title, heads, rows, right=range(1, 8)))
    _print_first(found)


def _print_first(found: LogFigures) -> None:
    rows = [
        (
            one.family,
            _interval(one.first.recall),
            _interval(one.first.precision),
            _percent(one.first_best_recall),
            one.met_pairs,
            _percent(one.met_precision),
        )
        for one in found.families
    ]
    heads = ("fakes", "recall", "precision", "best recall", "no strangers", "precision with them")
    title = (
        f"First accesses of an actor to a case alone ({found.first_of_pair:,}); and fakes with an actor who does work on the case"
        " at some time, which are left out above"
    )
    console().print()
    console().print(table(title, heads, rows, right=range(1, 6)))
    for one in found.families:
        console().print(f"{one.family}: {FAMILIES[one.family]}")


def _print_reasons(found: LogFigures) -> None:
    rows = [
        (
            one.reason,
            one.supports,
            one.leads,
            one.only,
            _percent(one.there),
            _percent(one.precision),
            REASONS[one.reason],
        )
        for one in found.reasons
        if one.supports or one.reason == "group"
    ]
    if rows:
        console().print()
        title = (
            "Reasons of the explained accesses (they overlap: the counts do not add up); and of how many it has"
            " something to say, with its precision by itself against degree-preserving fakes"
        )
        console().print(
            table(
                title,
                ("reason", "speaks", "loudest", "only", "there", "precision", "the actor ..."),
                rows,
                right=(1, 2, 3, 4, 5),
            )
        )


def _print_leak(found: LogFigures) -> None:
    leak, say = found.leak, console().print
    verdict = (
        "[bold green]No leak[/bold green]"
        if leak.holds
        else "[bold red]LEAK: no figure here is worth anything[/bold red]"
    )
    say()
    say(
        f"{verdict}: {leak.identical:,} of {leak.controls:,} accesses have the same reasons on a log that ends before them;"
        f" {leak.canaries_identical:,} of {leak.canaries:,} real accesses that were handed in as fakes got the evidence of real ones,"
        f" and recall among them is {leak.canary_recall:.1%} against {leak.other_recall:.1%} (standard error {leak.standard_error:.1%})."
    )


def _interval(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return _share(share)
    return f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%})"


def _share(share: Share) -> str:
    return _percent(share.value)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _day(at: datetime) -> str:
    return rfc3339(at)[:10]
