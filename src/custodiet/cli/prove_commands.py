"""The command that hands out evidence: prove."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import App, Parameter

from custodiet.app.proving import Asked, Period, Proved
from custodiet.cli.options import Json, Purpose, Reason, VaultFolder
from custodiet.cli.printing import console, print_json, shown, times
from custodiet.errors import UsageError


def register(app: App) -> None:
    """Add the command of this module."""
    app.command(prove)


def prove(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    /,
    *events: Annotated[int, Parameter(help="Numbers of events in the ledger, as `why` shows them.")],
    groups: Annotated[
        str | None,
        Parameter(help="The groups to show, with commas: actor,subject,context,purpose,origin. Others stay sealed."),
    ] = None,
    original: Annotated[
        bool, Parameter(negative=(), help="Put the records as they were delivered into the bundle.")
    ] = False,
    span: Annotated[
        tuple[int, int] | None,
        Parameter(
            name="--range",
            negative=(),
            help="Prove all entries from the first number up to, and not including, the second.",
        ),
    ] = None,
    actor: Annotated[str | None, Parameter(help="Prove all accesses of this staff number in a period.")] = None,
    since: Annotated[
        str | None, Parameter(name="--from", help="Where the period begins: a day, or a time with its zone.")
    ] = None,
    until: Annotated[
        str | None, Parameter(name="--to", help="Where the period ends; what is at or after it is not in it.")
    ] = None,
    with_range: Annotated[
        bool, Parameter(negative=(), help="With --actor: put all entries of the log, sealed, into the bundle.")
    ] = False,
    out: Annotated[Path | None, Parameter(help="The folder to write; it must not be there yet.")] = None,
    archive: Annotated[
        bool, Parameter(name="--zip", negative=(), help="Write the folder as a .zip file, too.")
    ] = False,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Write a folder that proves events to anyone: a court, a regulator, the other party.

    It holds the record, its proof, the signed checkpoint, a page in plain English and a verifier that needs Python and nothing else.
    Your look is recorded before anything is read, and the bundle's digest before anything is written.

    Example: `custodiet prove wessex 4711 --groups actor,context --purpose criminal_proceedings --reason "R v Doe, disclosure"`
    """
    from custodiet import bootstrap

    names = None if groups is None else tuple(group.strip() for group in groups.split(","))
    asked = Asked(
        events=events,
        groups=names,
        original=original,
        span=span,
        period=_period(vault, actor, since, until),
        with_range=with_range,
    )
    target = out or Path(_name(asked))
    done = bootstrap.prove(vault, asked, bootstrap.Look(purpose=purpose, reason=reason), target, archive=archive)
    if as_json:
        print_json("prove/1", _body(done))
    else:
        _print(done)
    return 0


def _period(vault: Path, actor: str | None, since: str | None, until: str | None) -> Period | None:
    from custodiet.bootstrap import zone_of

    if actor is None and since is None and until is None:
        return None
    if actor is None or since is None or until is None:
        raise UsageError("--actor, --from and --to go together")
    zone = zone_of(vault)
    return Period(actor=actor, start=_instant(since, zone), end=_instant(until, zone))


def _instant(text: str, zone: ZoneInfo) -> datetime:
    """Return the beginning of a day in the vault's zone, or a time that bears its own."""
    try:
        if len(text) == len("2026-03-01"):
            return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
        instant = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise UsageError(f"{text!r} is no day such as 2026-03-01 and no time such as 2026-03-01T09:00:00Z") from wrong
    if instant.tzinfo is None:
        raise UsageError(f"{text!r} bears no zone: write Z behind it for UTC, or give a day")
    return instant.astimezone(UTC)


def _name(asked: Asked) -> str:
    """Return a name of a folder that tells nobody anything about people."""
    if asked.period is not None:
        return "evidence-accesses"
    first = asked.events[0] if asked.events else asked.span[0] if asked.span else 0
    return f"evidence-{first}" if len(asked.events) < 2 else f"evidence-{first}-and-{len(set(asked.events)) - 1}-more"


def _body(done: Proved) -> dict[str, object]:
    checked, page = done.checked, done.page
    return {
        "written_to": done.folder,
        "archive": done.archive,
        "digest": checked.digest,
        "origin": page.origin,
        "size": page.size,
        "root": page.root,
        "key": page.key,
        "witnesses": page.witnesses,
        "asked": checked.bundle.asked,
        "beside": [item.index for item in checked.bundle.items if item.index not in checked.bundle.asked],
        "range": None if page.span is None else {"from": page.span[0], "to": page.span[1], "entries": checked.counts},
        "withheld": page.withheld,
        "erased": page.erased,
        "completeness": page.completeness,
    }


def _print(done: Proved) -> None:
    out, page = console(), done.page
    what = times(len(page.records), "event", "events")
    if page.span is not None:
        what += f", and all entries {page.span[0]:,} to {page.span[1] - 1:,}"
    out.print(
        f"Wrote [bold]{shown(str(done.folder))}[/bold]: {what} of a log of {page.size:,}. Its digest, which is recorded:"
    )
    out.print(done.checked.digest, soft_wrap=True)
    if done.archive is not None:
        out.print(f"The same as one file: {shown(str(done.archive))}")
    for groups, word in ((page.withheld, "Withheld"), (page.erased, "Erased")):
        if groups:
            out.print(f"{word}: {', '.join(groups)}.")
    if page.completeness is not None:
        said = page.completeness
        out.print(
            f"{said.searched:,} of {said.accesses:,} accesses were searched; {said.waiting:,} records wait in quarantine."
        )
    if not page.witnesses:
        out.print("[bold]UNWITNESSED[/bold]: nobody outside vouches for this checkpoint, and the bundle says so.")
    out.print(
        f"Anyone checks it with: python3 {shown(str(done.folder))}/verify.py {shown(str(done.folder))}", soft_wrap=True
    )
