"""The commands that ask whether everything came: account, heartbeat, silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, print_json, shown, table, times
from custodiet.errors import BadInput
from custodiet.model.instants import rfc3339

if TYPE_CHECKING:
    from custodiet.app.completeness import Account
    from custodiet.ingest.silence import SourceHeard

_HEAD = ("delivery", "source", "received", "accepted", "duplicate", "quarantined", "rows", "in the ledger", "missing")


def register(ledger: App) -> None:
    """Add the commands."""
    for command in (account, heartbeat, silence):
        ledger.command(command)


def account(
    vault: VaultFolder,
    /,
    *,
    fail_on: Annotated[
        Literal["gaps"] | None, Parameter(help="End with 1 for running numbers that have not come, too.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Hold each delivery's record against the rows that stand in the ledger: nothing was lost, nothing is there twice.

    Ends with 1 where a count is not what the ledger holds. Gaps that a later delivery filled are not listed.

    Example: `custodiet ledger account wessex`
    """
    from custodiet import bootstrap

    found = bootstrap.account(vault)
    failed = not found.holds or (fail_on == "gaps" and bool(found.gaps))
    if as_json:
        gaps = [
            {
                "source": gap.source,
                "delivery": gap.delivery,
                "first": gap.gap.first,
                "last": gap.gap.last,
                "missing": gap.missing,
            }
            for gap in found.gaps
        ]
        body = {"ok": found.holds, "size": found.size, "deliveries": found.deliveries}
        print_json("account/1", {**body, "without_delivery": found.without_delivery, "gaps": gaps})
    else:
        _print_account(found)
    return int(failed)


def heartbeat(
    vault: VaultFolder,
    /,
    *,
    source: Annotated[str, Parameter(help="The source that was asked, as its mapping calls it.")],
    at: Annotated[str | None, Parameter(help="When it was asked: 2026-11-25T06:00:00Z; default: now.")] = None,
    sequence: Annotated[
        int | None, Parameter(help="The last running number that the source says it has given.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Enter that a source was asked and had nothing new, so that its silence is not taken for a failed export.

    Example: `custodiet ledger heartbeat wessex --source casefile`
    """
    from custodiet import bootstrap

    heard = bootstrap.heartbeat(vault, source, None if at is None else _instant(at), sequence)
    if as_json:
        print_json("heartbeat/1", {"source": _shape(heard, datetime.now(UTC))})
        return 0
    out = console()
    out.print(f"Entered: {shown(source)} had nothing new at {_told(heard.heartbeat_at)}.")
    if heard.standing(datetime.now(UTC)) == "behind":
        out.print(
            f"It says it has given {heard.told_sequence:,}; the ledger has {heard.last_sequence or 0:,}: records are missing."
        )
    return 0


def silence(
    vault: VaultFolder,
    /,
    *,
    at: Annotated[str | None, Parameter(help="As of this moment: 2026-11-25T06:00:00Z; default: now.")] = None,
    fail_on: Annotated[
        Literal["overdue"] | None, Parameter(help="End with 1 if a source is overdue or behind.")
    ] = None,
    as_json: Json = False,
) -> int:
    """List each source: what came last, when it last said that there was nothing new, and how long it has been silent.

    Example: `custodiet ledger silence wessex --fail-on overdue`
    """
    from custodiet import bootstrap

    now = datetime.now(UTC) if at is None else _instant(at)
    sources = bootstrap.silence(vault)
    if as_json:
        print_json("silence/1", {"at": now, "sources": [_shape(each, now) for each in sources]})
    else:
        _print_silence(sources, now)
    late = any(each.standing(now) in ("overdue", "behind") for each in sources)
    return int(fail_on is not None and late)


def _print_account(found: Account) -> None:
    out = console()
    rows = [
        (d.delivery, d.source, d.received, d.accepted, d.duplicate, d.quarantined, d.yielded, d.rows, d.missing)
        for d in found.deliveries
    ]
    out.print(table(None, _HEAD, rows, right=range(2, len(_HEAD))))
    for delivery in found.deliveries:
        for problem in delivery.problems:
            out.print(f"[bold red]{delivery.delivery}[/bold red]: {shown(problem)}")
    if found.without_delivery:
        out.print(
            f"{times(found.without_delivery, 'row stands', 'rows stand')} behind the last delivery: no record tells of them."
        )
    for gap in found.gaps:
        numbers = f"{gap.gap.first} to {gap.gap.last}"
        out.print(
            f"{shown(gap.source)}: of the running numbers {numbers} {gap.missing:,} have not come ({gap.delivery})."
        )
    if found.holds:
        rows_in_all = sum(each.rows for each in found.deliveries)
        out.print(
            f"[bold green]Accounted for[/bold green]: {times(len(found.deliveries), 'delivery', 'deliveries')},"
            f" {times(rows_in_all, 'row', 'rows')}; received = accepted + duplicate + quarantined in each."
        )


def _print_silence(sources: Sequence[SourceHeard], now: datetime) -> None:
    head = ("source", "stands", "silent", "rhythm", "last access", "last heartbeat", "last delivery", "last number")
    rows = [
        (
            each.source,
            each.standing(now).value.replace("_", " "),
            _span(each.silent(now)),
            _span(each.rhythm),
            _told(each.last_at),
            _told(each.heartbeat_at),
            each.delivery,
            each.last_sequence,
        )
        for each in sources
    ]
    console().print(table(f"Sources at {_told(now)}", head, rows, right=(7,)))


def _shape(heard: SourceHeard, now: datetime) -> dict[str, object]:
    silent = heard.silent(now)
    return {
        "source": heard.source,
        "stands": heard.standing(now),
        "silent_seconds": None if silent is None else int(silent.total_seconds()),
        "rhythm_seconds": None if heard.rhythm is None else int(heard.rhythm.total_seconds()),
        "last_at": heard.last_at,
        "heartbeat_at": heard.heartbeat_at,
        "delivery": heard.delivery,
        "received_at": heard.received_at,
        "last_sequence": heard.last_sequence,
        "told_sequence": heard.told_sequence,
    }


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("This is no moment.", field="at", found=text, expected="2026-11-25T06:00:00Z") from error
    if found.tzinfo is None:
        raise BadInput("A moment needs its zone.", field="at", found=text, expected=f"{text}Z, or an offset")
    return found.astimezone(UTC)


def _told(instant: datetime | None) -> str | None:
    return None if instant is None else f"{rfc3339(instant)[:16].replace('T', ' ')} UTC"


def _span(span: timedelta | None) -> str | None:
    if span is None:
        return None
    days, seconds = span.days, span.seconds
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{days} d {hours} h" if days else f"{hours} h {minutes} min"
