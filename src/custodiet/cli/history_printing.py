"""Prints what was known when: what each audit said, and what changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from zoneinfo import ZoneInfo

from custodiet.app.comparing import ChangeTold, Compared
from custodiet.app.history import FindingHistory, FindingThen, StateThen
from custodiet.cli.printing import console, hanging, shown, table, times
from custodiet.model.changes import FindingChange, StateChange


def print_states(then: Sequence[StateThen], zone: ZoneInfo) -> None:
    """Print what the audits said of an access, where there is more than one to tell of."""
    if sum(one.audits for one in then) < 2:
        return
    out = console()
    out.print()
    out.print("[bold]What was known when[/bold]")
    for one in then:
        again = f", and so did the next {times(one.audits - 1, 'audit', 'audits')}" if one.audits > 1 else ""
        back = ", looking back" if one.looked_back else ""
        out.print(f"  {_audit(one.first, zone)}{back}: {one.state} (strength {one.strength:.2f}){again}")
        if one.sentence:
            out.print(hanging(one.sentence, width=6))


def print_finding_history(history: FindingHistory, zone: ZoneInfo) -> None:
    """Print what the audits said of a finding, and since when it is re-opened."""
    if sum(one.audits for one in history.then) < 2:
        return
    out = console()
    out.print()
    if history.reopened_since is not None:
        out.print(f"[bold]Re-opened since {_audit(history.reopened_since, zone)}[/bold]")
        for told in history.reopened:
            out.print(hanging(f"Event {told.change.access:,}: {told.sentence}", width=4))
        out.print()
    rows = [_row(one, zone) for one in history.then]
    columns = ("audit", "in the queue", "points", "accesses", "explained", "weak", "pending", "unexplained", "audits")
    out.print(table("What was known when", columns, rows, right=(2, 3, 4, 5, 6, 7, 8)))


def history_body(history: FindingHistory) -> dict[str, object]:
    """Return a finding's history as `--json` writes it."""
    reopened = [change_body(told) for told in history.reopened]
    return {"then": history.then, "reopened_since": history.reopened_since, "reopened": reopened}


def change_body(told: ChangeTold) -> dict[str, object]:
    """Return a changed access as `--json` writes it: what was said of it before and after, the causes, and the sentences."""
    return {**flat(told.change), "look": told.look, "sentence": told.sentence}


def flat(value: StateChange | FindingChange) -> dict[str, object]:
    """Return the fields of a change by their names."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _row(one: FindingThen, zone: ZoneInfo) -> tuple[object, ...]:
    back = ", looking back" if one.looked_back else ""
    counts = (one.accesses, one.explained, one.weak, one.pending, one.unexplained, one.audits)
    return (f"{_audit(one.first, zone)}{back}", one.finding or "no", one.score, *counts)


def _audit(run: Compared, zone: ZoneInfo) -> str:
    at = f" of {_moment(run.made_at, zone)}" if run.made_at else ""
    known = f" (taken in by {_moment(run.known_at, zone)})" if run.known_at else ""
    return shown(f"{run.run}{at}, knowing {run.provenance.ledger_size:,} entries{known}")


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d %b %Y %H:%M}"
