"""Commands that explain and show: audit, queue, show, why, report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from custodiet.app.audits import Audit, Beside
from custodiet.app.findings import FindingDetail, QueuePage
from custodiet.cli.history_printing import history_body, print_finding_history, print_states
from custodiet.cli.options import Json, Purpose, Reason, VaultFolder
from custodiet.cli.printing import console, hanging, print_json, shown, table, times
from custodiet.cli.progress import progress
from custodiet.cli.tie_commands import linked_by
from custodiet.cli.why_printing import print_why
from custodiet.cli.witnessing_commands import print_witnessing, witnessing_body
from custodiet.model.findings import Finding

NOT_GUILTY = "Unexplained is not guilty: the points only say where to look first."


def register(app: App) -> None:
    """Add the commands of this module."""
    for command in (audit, queue, show, why, report):
        app.command(command)


def audit(
    vault: VaultFolder,
    /,
    *,
    as_known: Annotated[
        int | None, Parameter(help="Audit with what was known at this ledger size; the queue is not changed.")
    ] = None,
    fail_on: Annotated[Literal["findings"] | None, Parameter(help="End with 1 where there are findings.")] = None,
    as_json: Json = False,
) -> int:
    """Explain every access, and rank what nothing explains.

    The result is a function of the ledger's size, the pack and the version of the code; the same three give the same bytes.

    Example: `custodiet audit wessex`
    """
    from custodiet import bootstrap

    with progress(silent=as_json) as told:
        done = bootstrap.audit(vault, as_known=as_known, told=told)
    if as_json:
        print_json("audit/1", _audit_body(done))
    else:
        print_audit(done)
    return 1 if fail_on and done.findings else 0


def queue(
    vault: VaultFolder,
    /,
    *,
    size: Annotated[int, Parameter(name=["--size", "-n"], help="How many findings to put in front.")] = 20,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Show the front of the queue: relationships that nothing explains, ranked, each with its reasons.

    Your look is recorded before anything is shown. Matters about yourself, kin, declared associates or your own team are not shown.

    Example: `custodiet queue wessex --purpose lawfulness`
    """
    from custodiet import bootstrap

    page = bootstrap.queue(vault, bootstrap.Look(purpose=purpose, reason=reason), size=size)
    vouching = bootstrap.vouching(vault)
    if as_json:
        print_json(
            "queue/1",
            {
                "run": page.run,
                "findings": [finding_body(f) for f in page.findings],
                "in_queue": page.in_queue,
                "held_back": page.held_back,
                "witnessing": witnessing_body(vouching),
                "gone": page.gone,
            },
        )
    else:
        print_queue(page)
        print_witnessing(vouching)
    return 0


def show(
    vault: VaultFolder,
    finding: Annotated[str, Parameter(help="The finding, e.g. F-ABCDEFGH.", show_default=False)],
    /,
    *,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Show one finding with its signals, its accesses and what was looked for.

    Example: `custodiet show wessex F-ABCDEFGH --purpose lawfulness --reason "weekly review"`
    """
    from custodiet import bootstrap

    detail = bootstrap.show(vault, finding, bootstrap.Look(purpose=purpose, reason=reason))
    if as_json:
        print_json(
            "finding/1",
            {
                **finding_body(detail.finding),
                "actor_then": detail.actor,
                "accesses": detail.accesses,
                "duty": detail.duty,
                "history": history_body(detail.history),
            },
        )
    else:
        print_finding(detail)
    return 0


def why(
    vault: VaultFolder,
    event: Annotated[int, Parameter(help="The event's number in the ledger.", show_default=False)],
    /,
    *,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Say why one access happened, with the facts it rests on; or what was looked for and not found.

    Example: `custodiet why wessex 4711 --purpose lawfulness`
    """
    from custodiet import bootstrap

    told = bootstrap.why(vault, event, bootstrap.Look(purpose=purpose, reason=reason))
    if as_json:
        print_json(
            "why/1",
            {
                "access": told.access,
                "state": told.state,
                "says": told.says,
                "strength": told.strength,
                "explanations": told.explanations,
                "nearest_miss": told.nearest_miss,
                "awaited": told.awaited,
                "not_seen": told.not_seen,
                "history": told.history,
            },
        )
    else:
        print_why(told)
        print_states(told.history, told.zone)
    return 0


def report(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    out: Annotated[Path, Parameter(help="The HTML file to write.", show_default=False)],
    /,
    *,
    size: Annotated[int, Parameter(name=["--size", "-n"], help="How many findings to put in front.")] = 20,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Write the report of the latest audit: one HTML file that needs no network and no script.

    Example: `custodiet report wessex report.html --purpose lawfulness`
    """
    from custodiet import bootstrap

    bootstrap.report(vault, out, bootstrap.Look(purpose=purpose, reason=reason), size=size)
    if as_json:
        print_json("report/1", {"written_to": out, "bytes": out.stat().st_size})
    else:
        console().print(f"Wrote {shown(str(out))} ({out.stat().st_size:,} bytes).")
    return 0


def print_audit(done: Audit) -> None:
    """Print how many accesses are in each state, and what explained them."""
    out = console()
    total = sum(done.states.values())
    rows = [(state, count, f"{count / total:.1%}") for state, count in done.states.items()]
    out.print(
        table(
            f"{total:,} accesses by {done.actors:,} actors, {done.first_at:%d %B} to {done.last_at:%d %B %Y}",
            ("state", "accesses", "share"),
            rows,
            right=(1, 2),
        )
    )
    out.print()
    lines = [(line.title, line.accesses, line.only_by_this) for line in done.templates]
    out.print(
        table(
            "What explained them (an access may have several reasons: these rows must not be added)",
            ("reason", "accesses", "only by this"),
            lines,
            right=(1, 2),
        )
    )
    out.print()
    out.print(
        f"{done.findings:,} actor-subject episodes are not explained."
        f" Counted: accesses by time of access, ledger size {done.run.provenance.ledger_size:,}, run {done.run.name}."
    )
    out.print(linked_by(done.run.provenance.linkage))
    if done.gone:
        out.print(f"{times(done.gone, 'access', 'accesses')} redacted or dropped: in no figure above.")
    if done.differs:
        out.print(
            f"The ledger knows this run with other bytes in {', '.join(done.differs)}: the code or a library was changed."
        )
    for other in done.beside:
        out.print(beside_words(other))


def beside_words(other: Beside) -> str:
    """Return in what another audit of the same entries differs, and by what it was made otherwise."""
    ways = (("other packs", other.packs), (f"code {other.made_by}", other.code), ("other linkage", other.linkage))
    made = [words for words, holds in ways if holds]
    head = f"{other.run} is an audit of the same entries by {' and '.join(made)}"
    if other.differs is None:
        return f"{head}; whether its bytes are the same cannot be told: what they could be compared with was erased."
    if not other.differs:
        return f"{head}: the same bytes."
    return f"{head}: other bytes in {', '.join(other.differs)}."


def print_queue(page: QueuePage) -> None:
    """Print the findings in order, each with its signals in plain sentences."""
    out = console()
    for finding in page.findings:
        out.print(
            f"[bold]{finding.rank:>3}  {finding.finding}[/bold]  {shown(page.actors[finding.finding])} - {shown(finding.subject)}"
            f"  [bold]{finding.score} points[/bold]  {times(finding.accesses, 'access', 'accesses')}, {finding.unexplained:,} unexplained,"
            f" {_days(finding)}, {shown(', '.join(finding.systems))}"
        )
        for signal in finding.signals:
            out.print(hanging(signal.sentence, under=f"{signal.points:+d}", width=8))
        if finding.nearest_miss:
            out.print(hanging(finding.nearest_miss, width=8, style="dim"))
        out.print()
    out.print(
        f"{len(page.findings):,} of {page.in_queue:,} in the queue; {page.held_back:,} held back by the limit for one actor."
    )
    if page.gone:
        out.print(f"{times(page.gone, 'access', 'accesses')} redacted or dropped: no finding rests on them.")
    out.print(NOT_GUILTY)


def print_finding(detail: FindingDetail) -> None:
    """Print one finding with every access of its episode."""
    finding, out = detail.finding, console()
    out.print(
        f"[bold]{finding.finding}[/bold]  {shown(detail.actor)} - {shown(finding.subject)} ({detail.subject_kind})  rank {finding.rank}, [bold]{finding.score} points[/bold]"
    )
    for signal in finding.signals:
        out.print(hanging(signal.sentence, under=f"{signal.points:+d}", width=4))
    if finding.nearest_miss:
        out.print(hanging(finding.nearest_miss, width=4))
    out.print()
    rows = [
        (
            line.access,
            f"{line.occurred_at.astimezone(detail.zone):%a %d %b %Y %H:%M:%S}",
            line.system,
            line.channel,
            line.state,
            line.duty,
            line.stated_purpose,
            line.quoted_reference,
        )
        for line in detail.accesses
    ]
    out.print(
        table(
            f"Accesses ({detail.zone.key} time)",
            ("event", "when", "system", "channel", "state", "duty", "stated purpose", "reference"),
            rows,
        )
    )
    print_finding_history(detail.history, detail.zone)
    out.print()
    out.print(NOT_GUILTY)


def _days(finding: Finding) -> str:
    first, last = f"{finding.first_at:%d %b}", f"{finding.last_at:%d %b}"
    return first if first == last else f"{first} to {last}"


def finding_body(finding: Finding) -> dict[str, object]:
    """Return a finding as `--json` writes it: its fields, and the score that its signals add up to."""
    return {
        "finding": finding.finding,
        "rank": finding.rank,
        "score": finding.score,
        "actor": finding.actor,
        "subject": finding.subject,
        "first_at": finding.first_at,
        "last_at": finding.last_at,
        "accesses": finding.accesses,
        "unexplained": finding.unexplained,
        "systems": finding.systems,
        "signals": finding.signals,
        "nearest_miss": finding.nearest_miss,
    }


def _audit_body(done: Audit) -> dict[str, object]:
    return {
        "run": done.run.name,
        "provenance": done.run.provenance,
        "accesses": sum(done.states.values()),
        "states": done.states,
        "templates": done.templates,
        "overlap": done.overlap,
        "findings": done.findings,
        "first_at": done.first_at,
        "last_at": done.last_at,
        "gone": done.gone,
        "differs": done.differs,
        "beside": done.beside,
    }
