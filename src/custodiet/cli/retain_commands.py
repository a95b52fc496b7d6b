"""The command of the retention policy: `custodiet ledger retain`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from cyclopts import App, Parameter

from custodiet.app.retaining import Planned, State
from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, print_json, shown, table, times

_WORDS = {
    State.OVER: "over",
    State.MIXED: "waits: old and young rows",
    State.KEPT: "kept",
    State.HELD: "kept by a hold",
    State.STANDS: "waits: earlier statements of its facts would stand again",
}


def register(ledger: App) -> None:
    """Add the command of this module."""
    ledger.command(retain)


def retain(
    vault: VaultFolder,
    /,
    *,
    as_of: Annotated[
        datetime | None, Parameter(help="The day to plan for (default: today); none that has not come with --apply.")
    ] = None,
    apply: Annotated[bool, Parameter(negative=(), help="Drop the segments whose period is over.")] = False,
    as_json: Json = False,
) -> int:
    """Show which whole segments are past the period that retention.toml gives them, and with --apply drop their rows.

    Hashes stay, and every proof holds. What a hold keeps stays. --apply needs the role records_manager or data_protection.

    Example: `custodiet ledger retain wessex --as-of 2033-04-01`
    """
    from custodiet import bootstrap

    done = bootstrap.retain(vault, as_of.date() if as_of else None, apply=apply)
    if as_json:
        body = {
            "policy": done.policy.digest,
            "published": done.policy.published.isoformat(),
            "as_of": done.as_of.isoformat(),
            "record": done.record,
            "segments": [_body(each) for each in done.segments],
        }
        print_json("retain/1", body)
        return 0
    rows = [
        (
            f"{each.start}-{each.end - 1}",
            each.typ,
            each.last or "",
            each.until or "",
            _WORDS[each.state],
            "; ".join(each.authorities) or "no rule",
        )
        for each in done.segments
    ]
    head = ("entries", "type", "last", "kept until", "state", "rule")
    console().print(table(times(len(rows), "segment", "segments"), head, rows))
    over = sum(each.end - each.start for each in done.segments if each.state is State.OVER)
    _conclude(over, done.record, apply=apply, day=done.as_of)
    return 0


def _conclude(over: int, record: int | None, *, apply: bool, day: date) -> None:
    out = console()
    if record is not None:
        out.print(f"The rows that were over are dropped (entry {record}); their hashes stay, and every proof holds.")
        out.print("Audits were taken away; `custodiet audit` makes a new one. Backups still hold what was dropped.")
    elif over and not apply:
        out.print(
            shown(f"{times(over, 'entry is', 'entries are')} past the period on {day}: `--apply` drops the rows.")
        )
    else:
        out.print(f"No whole segment is past its period on {day}.")


def _body(each: Planned) -> dict[str, object]:
    return {
        "start": each.start,
        "end": each.end,
        "typ": each.typ,
        "state": str(each.state),
        "last": each.last.isoformat() if each.last else None,
        "until": each.until.isoformat() if each.until else None,
        "authorities": each.authorities,
    }
