"""Commands of legal hold: `custodiet ledger hold`, `release` and `holds`."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, print_json, shown, table, times
from custodiet.ledger.index_ranges import ranges_of, told_ranges
from custodiet.ledger.retention import Hold

Authority = Annotated[
    str,
    Parameter(help="Under what it is done: a statute, a decision's number. It stands in the open for ever: no names."),
]


def register(ledger: App) -> None:
    """Add the commands of this module."""
    ledger.command(hold)
    ledger.command(release)
    ledger.command(holds)


def hold(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    /,
    *,
    matter: Annotated[str, Parameter(help="The reference of the matter. It stands in the open for ever: no names.")],
    authority: Authority,
    span: Annotated[
        tuple[int, int] | None,
        Parameter(
            name="--range",
            negative=(),
            help="Hold all entries from the first number up to, and not including, the second.",
        ),
    ] = None,
    event: Annotated[
        list[int] | None, Parameter(negative=(), help="Hold the entry of this number; may be given again.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Hold entries for a matter: nothing drops or erases them until the hold is released.

    Needs the role records_manager or data_protection.

    Example: `custodiet ledger hold wessex --matter "Case 2026/31" --range 4000 5200 --authority "CPIA 1996 s.23 code, para 5"`
    """
    from custodiet import bootstrap

    ranges = [*([span] if span else []), *ranges_of(event or [])]
    made = bootstrap.hold(vault, ranges, matter, authority)
    if as_json:
        print_json("hold/1", _body(made))
        return 0
    out = console()
    out.print(shown(f"Hold {made.number}: entries {told_ranges(made.entries)} are kept for {made.matter}."))
    out.print(shown(f"It ends with: custodiet ledger release {vault} {made.number} --authority ..."), soft_wrap=True)
    return 0


def release(
    vault: VaultFolder,
    number: Annotated[int, Parameter(help="The hold's number, as `hold` gave it.", show_default=False)],
    /,
    *,
    authority: Authority,
    as_json: Json = False,
) -> int:
    """Release a hold. Its record stays; what another hold keeps stays kept.

    Needs the role records_manager or data_protection.

    Example: `custodiet ledger release wessex 5240 --authority "Case 2026/31 closed, RM 2027/2"`
    """
    from custodiet import bootstrap

    ended = bootstrap.release(vault, number, authority)
    if as_json:
        print_json("hold/1", _body(ended))
        return 0
    console().print(shown(f"Hold {ended.number} for {ended.matter} is released (entry {ended.release})."))
    return 0


def holds(vault: VaultFolder, /, *, as_json: Json = False) -> int:
    """List all holds, those released too: which entries, for which matter, who made it, under what authority.

    Example: `custodiet ledger holds wessex`
    """
    from custodiet import bootstrap

    found = bootstrap.holds(vault)
    if as_json:
        print_json("holds/1", {"holds": [_body(each) for each in found]})
        return 0
    rows = [
        (
            each.number,
            told_ranges(each.entries),
            each.matter,
            f"{each.by} {each.at:%Y-%m-%d}",
            "stands" if each.release is None else f"released ({each.release})",
            each.authority,
        )
        for each in found
    ]
    head = ("number", "entries", "matter", "made", "state", "authority")
    console().print(table(times(len(rows), "hold", "holds"), head, rows))
    return 0


def _body(hold: Hold) -> dict[str, object]:
    return {
        "hold": hold.number,
        "matter": hold.matter,
        "entries": hold.entries,
        "by": hold.by,
        "at": hold.at,
        "authority": hold.authority,
        "release": hold.release,
    }
