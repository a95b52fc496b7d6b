"""The command that compares two audits: diff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import App, Parameter

from custodiet.app.comparing import Compared, Difference
from custodiet.cli.history_printing import change_body, flat
from custodiet.cli.options import Json, Purpose, Reason, VaultFolder
from custodiet.cli.printing import console, hanging, print_json, shown, table, times
from custodiet.model.changes import ChangeKind, FindingChangeKind

_ACCESSES = {
    ChangeKind.REOPENED: "re-opened: explained before, not any more",
    ChangeKind.WAITED_IN_VAIN: "waited in vain for a source: unexplained now",
    ChangeKind.PENDING: "pending now",
    ChangeKind.EXPLAINED: "explained later",
    ChangeKind.WEAKER: "weaker, not explained before",
    ChangeKind.STRONGER: "stronger, not explained yet",
    ChangeKind.OTHER_STATE: "judged otherwise at equal strength",
    ChangeKind.OTHER_REASON: "the same strength for another reason",
    ChangeKind.ATTRIBUTED: "counted for another actor or subject",
}
_FINDINGS = {
    FindingChangeKind.REOPENED: "re-opened",
    FindingChangeKind.ENTERED: "entered the queue",
    FindingChangeKind.PARTED: "parted from another",
    FindingChangeKind.RENAMED: "bear another name",
    FindingChangeKind.MOVED: "moved: own points or counts changed",
    FindingChangeKind.JOINED: "joined another",
    FindingChangeKind.LEFT: "left the queue",
}


def register(app: App) -> None:
    """Add the commands of this module."""
    app.command(diff)


def diff(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    /,
    *,
    since: Annotated[
        str | None,
        Parameter(name="--from", help="The earlier audit, by ledger size or name. Default: the one made before."),
    ] = None,
    until: Annotated[
        str | None, Parameter(name="--to", help="The later audit, by ledger size or name. Default: the latest.")
    ] = None,
    size: Annotated[int, Parameter(name=["--size", "-n"], help="How many accesses, and findings, to show.")] = 20,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Say what an audit judges otherwise than an earlier one, what was re-opened first, and by which entries it came.

    Late, corrected and withdrawn facts leave their trace here. Your look is recorded before anything is shown; what is
    walled from you is neither shown nor counted.

    Example: `custodiet diff wessex --from 1204 --purpose lawfulness`
    """
    from custodiet import bootstrap

    look = bootstrap.Look(purpose=purpose, reason=reason)
    found = bootstrap.diff(vault, look, since=since, until=until, size=size)
    if as_json:
        print_json("diff/1", _body(found))
    else:
        print_difference(found)
    return 0


def print_difference(found: Difference) -> None:
    """Print how much changed, then what changed, with the entries that did it."""
    out = console()
    out.print(f"From {_run(found.earlier, found.zone)}")
    out.print(f"to   {_run(found.later, found.zone)}")
    judged_by = (("pack", found.packs_differ), ("software", found.code_differs), ("linkage", found.linkage_differs))
    for what, differs in judged_by:
        if differs:
            out.print(f"The {what} is not the same: a change may owe something to that beside the rows named.")
    out.print()
    _print_counts("Accesses that both know (each is in one row)", "accesses", found.accesses, _ACCESSES)
    out.print(f"{times(found.new_accesses, 'access is', 'accesses are')} new.")
    if found.lost_accesses:
        out.print(f"{times(found.lost_accesses, 'access is', 'accesses are')} not in the later any more.")
    out.print()
    _print_counts("Findings (each is in one row)", "findings", found.findings, _FINDINGS)
    out.print()
    for told in found.changes:
        out.print(
            f"[bold]Event {told.change.access:,}[/bold]  {shown(told.look)}, {_day(told.change.occurred_at, found.zone)}"
        )
        out.print(hanging(told.sentence, width=4))
    for finding in found.changed_findings:
        change = finding.change
        out.print(f"[bold]{change.finding}[/bold]  {shown(change.actor)} - {shown(change.subject)}")
        out.print(hanging(finding.sentence, width=4))
    _print_rest(found)


def _print_counts(
    title: str, unit: str, counts: Mapping[str, int], words: Mapping[ChangeKind, str] | Mapping[FindingChangeKind, str]
) -> None:
    rows = [(said, counts[kind]) for kind, said in words.items() if counts.get(kind)]
    console().print(table(title, ("what became of them", unit), rows or [("nothing changed", 0)], right=(1,)))


def _print_rest(found: Difference) -> None:
    accesses = sum(found.accesses.values()) - len(found.changes)
    findings = sum(found.findings.values()) - len(found.changed_findings)
    if accesses or findings:
        console().print(
            f"Not shown: {times(accesses, 'more changed access', 'more changed accesses')} and"
            f" {times(findings, 'more changed finding', 'more changed findings')}; --size shows more."
        )


def _run(run: Compared, zone: ZoneInfo) -> str:
    known = f", taken in by {_moment(run.known_at, zone)}" if run.known_at else ""
    made = f"; made {_moment(run.made_at, zone)}" if run.made_at else ""
    return f"{run.run}: {run.provenance.ledger_size:,} entries known{known}{made}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d %b %Y %H:%M}"


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M}"


def _body(found: Difference) -> dict[str, object]:
    return {
        "from": found.earlier,
        "to": found.later,
        "packs_differ": found.packs_differ,
        "code_differs": found.code_differs,
        "linkage_differs": found.linkage_differs,
        "accesses": {kind.value: found.accesses.get(kind, 0) for kind in ChangeKind},
        "new_accesses": found.new_accesses,
        "lost_accesses": found.lost_accesses,
        "findings": {kind.value: found.findings.get(kind, 0) for kind in FindingChangeKind},
        "changes": [change_body(told) for told in found.changes],
        "changed_findings": [{**flat(told.change), "sentence": told.sentence} for told in found.changed_findings],
    }
