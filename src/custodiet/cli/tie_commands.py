"""The command that shows ties between actors and subjects."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from custodiet.app.ties import TieSeen, TiesPage
from custodiet.cli.options import Json, Purpose, Reason, VaultFolder
from custodiet.cli.printing import console, hanging, print_json, shown, times

NO_PROOF = "A tie is a lead and no finding: what is likely is not certain, and kin may open a record by duty."


def register(app: App) -> None:
    """Add the command of this module."""
    app.command(ties)


def ties(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    /,
    *,
    actor: Annotated[
        str | None, Parameter(help="Only the ties of this member of the workforce: a staff number.")
    ] = None,
    size: Annotated[int, Parameter(name=["--size", "-n"], help="How many ties to show, the likeliest first.")] = 50,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Show the ties of the latest audit between actors and the subjects they opened, each with its reasons and its rows.

    Your look is recorded before anything is shown. Ties of yourself, kin, declared associates or your own team are not shown.
    No tie is drawn to a person whose record the actor did not open without a sufficient reason.

    Example: `custodiet ties wessex --actor 4127 --purpose lawfulness`
    """
    from custodiet import bootstrap

    page = bootstrap.ties(vault, bootstrap.Look(purpose=purpose, reason=reason), actor=actor, size=size)
    if as_json:
        print_json("ties/1", {"run": page.run, "linkage": page.linkage, "ties": page.ties, "more": page.more})
    else:
        print_ties(page)
    return 0


def print_ties(page: TiesPage) -> None:
    """Print the ties in order, each with its reasons, the bits of each, and the rows it rests on."""
    out = console()
    for tie in page.ties:
        out.print(
            f"[bold]{shown(tie.person)} - {shown(tie.subject)}[/bold]  {tie.nature.replace('_', ' ')},"
            f" probability {tie.probability:.6g}, {_span(tie)}"
        )
        for step in tie.waterfall:
            bits = "" if step.bits is None else f"{step.bits:+.1f}"
            out.print(hanging(f"{step.comparison}: {step.words}", under=bits, width=8))
        rests = ", ".join(str(index) for index in tie.basis)
        out.print(hanging(f"rests on {rests}; found by {tie.method}", width=8, style="dim"))
    out.print(
        f"{times(len(page.ties), 'tie', 'ties')} of run {page.run}; {page.more:,} more. {linked_by(page.linkage)}"
    )
    out.print(NO_PROOF)


def linked_by(linkage: str) -> str:
    """Return in a sentence what held descriptions together."""
    if linkage:
        return f"Ties were found by linkage ({linkage})."
    return "Ties were found word for word; `linkage = true` in vault.toml asks for more."


def _span(tie: TieSeen) -> str:
    since = "since ever" if tie.valid_from is None else f"from {tie.valid_from:%d %b %Y}"
    return since if tie.valid_to is None else f"{since} to {tie.valid_to:%d %b %Y}"
