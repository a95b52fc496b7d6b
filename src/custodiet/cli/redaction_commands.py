"""Commands that erase groups of entries: `custodiet ledger redact ...`."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, print_json, shown, table, times
from custodiet.ledger.index_ranges import told_ranges
from custodiet.ledger.redaction import Redaction

redact = App(
    name="redact", help="Erase groups of entries. One person proposes, another approves; every proof stays valid."
)

Number = Annotated[int, Parameter(help="The redaction's number, as `propose` gave it.", show_default=False)]


def register(ledger: App) -> None:
    """Add the commands of this module."""
    ledger.command(redact)


@redact.command
def propose(
    vault: VaultFolder,
    /,
    *events: Annotated[int, Parameter(help="The entries' numbers in the ledger.", show_default=False)],
    groups: Annotated[
        str,
        Parameter(
            help="Groups to erase, with commas: of an access actor, subject, context, purpose, origin; of a fact who, what, validity, origin; of a deed reason."
        ),
    ],
    authority: Annotated[
        str,
        Parameter(
            help="Under what it is done: a statute, a decision's number. It stands in the open for ever: no names."
        ),
    ],
    as_json: Json = False,
) -> int:
    """Propose that groups of these entries are erased. Nothing is erased until somebody else approves.

    Needs the role administrator, records_manager or data_protection. With any group of a delivered record goes its origin.

    Example: `custodiet ledger redact propose wessex 4711 4712 --groups subject --authority "UK GDPR art. 17(1)(d), DPO 2026/14"`
    """
    from custodiet import bootstrap

    names = [name.strip() for name in groups.split(",") if name.strip()]
    proposed = bootstrap.propose_redaction(vault, events, names, authority)
    if as_json:
        print_json("redaction/1", _body(proposed))
        return 0
    out = console()
    out.print(
        f"Redaction [bold]{proposed.number}[/bold] is proposed: {', '.join(proposed.proposal.groups)} of {_entries(proposed)}."
    )
    out.print(
        shown(f"Somebody else approves it with: custodiet ledger redact approve {vault} {proposed.number}"),
        soft_wrap=True,
    )
    return 0


@redact.command
def approve(vault: VaultFolder, number: Number, /, *, as_json: Json = False) -> int:
    """Approve a redaction that somebody else proposed, and carry it out at once.

    Needs the role records_manager or data_protection. Audits are taken away with it; `custodiet audit` makes a new one.

    Example: `custodiet ledger redact approve wessex 5120`
    """
    from custodiet import bootstrap

    done = bootstrap.approve_redaction(vault, number)
    if as_json:
        print_json("redaction/1", _body(done))
        return 0
    out = console()
    out.print(f"Erased: {', '.join(done.proposal.groups)} of {_entries(done)}. Every earlier proof stays valid.")
    out.print("Audits were taken away; `custodiet audit` makes a new one. Backups still hold what was erased.")
    return 0


@redact.command(name="list")
def list_redactions(vault: VaultFolder, /, *, as_json: Json = False) -> int:
    """List all redactions: what was erased of which entries, who proposed and approved it, under what authority.

    Example: `custodiet ledger redact list wessex`
    """
    from custodiet import bootstrap

    found = bootstrap.redactions(vault)
    if as_json:
        print_json("redactions/1", {"redactions": [_body(each) for each in found]})
        return 0
    rows = [
        (
            each.number,
            told_ranges(each.proposal.entries),
            ", ".join(each.proposal.groups),
            f"{each.proposal.by} {each.proposal.at:%Y-%m-%d}",
            "waits" if each.at is None else f"{each.by} {each.at:%Y-%m-%d}",
            each.proposal.authority,
        )
        for each in found
    ]
    head = ("number", "entries", "groups", "proposed", "approved", "authority")
    console().print(table(times(len(rows), "redaction", "redactions"), head, rows))
    return 0


def _entries(redaction: Redaction) -> str:
    ranges, along = redaction.proposal.entries, redaction.proposal.along
    more = f", and the origin of {told_ranges(along)}, which came in the same records" if along else ""
    return f"{'entry' if told_ranges(ranges).isdecimal() else 'entries'} {told_ranges(ranges)}{more}"


def _body(redaction: Redaction) -> dict[str, object]:
    return {
        "redaction": redaction.number,
        "proposed_by": redaction.proposal.by,
        "proposed_at": redaction.proposal.at,
        "authority": redaction.proposal.authority,
        "entries": redaction.proposal.entries,
        "groups": redaction.proposal.groups,
        "along": redaction.proposal.along,
        "approval": redaction.approval,
        "approved_by": redaction.by,
        "approved_at": redaction.at,
    }
