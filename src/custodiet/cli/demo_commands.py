"""Commands that make things up: simulate and demo."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from custodiet.cli.audit_commands import print_audit, print_queue
from custodiet.cli.options import Json
from custodiet.cli.printing import console, print_json, shown, table
from custodiet.cli.progress import progress

Scale = Annotated[
    float, Parameter(help="Size of the force; 1 is about 3,000 people and 100,000 accesses a day (0.01 to 10).")
]
Seed = Annotated[int, Parameter(help="The same seed gives the same force, to the byte.")]
Days = Annotated[int, Parameter(help="How many days of accesses (3 to 90).")]

_TOTALS = ("source", "files", "received", "accepted", "duplicate", "quarantined", "not_audit")


def register(app: App) -> None:
    """Add the commands of this module."""
    app.command(simulate)
    app.command(demo)


def simulate(  # noqa: PLR0913 - a command has as many options as it needs
    folder: Annotated[
        Path, Parameter(help="The folder to write the exports into; made if it is not there.", show_default=False)
    ],
    /,
    *,
    scale: Scale = 1.0,
    seed: Seed = 2016,
    days: Days = 14,
    start: Annotated[date, Parameter(help="First day.")] = date(2026, 3, 2),
    as_json: Json = False,
) -> int:
    """Make an invented force and write its exports as its different systems would, with the mapping files to read them.

    Misuse is planted in it as cases; `answers.csv` names them, and nothing but the benchmark reads it.

    Example: `custodiet simulate exports --scale 0.05 --seed 7`
    """
    from custodiet import bootstrap

    with progress(silent=as_json) as told:
        made = bootstrap.simulate(folder, bootstrap.World(scale=scale, seed=seed, days=days, start=start), told)
    if as_json:
        print_json("simulate/1", {"folder": folder, **made})
        return 0
    console().print(table(f"Wrote {folder}", ("what", "how many"), list(made.items()), right=(1,)))
    return 0


def demo(
    folder: Annotated[Path, Parameter(help="The folder to work in; must not exist yet.")] = Path("custodiet-demo"),
    /,
    *,
    scale: Scale = 1.0,
    seed: Seed = 2016,
    days: Days = 14,
    as_json: Json = False,
) -> int:
    """Make an invented force, take in its fortnight, audit it, and write the report.

    Everything in it is made up. The vault is kept, so that you can go on with `custodiet queue`, `show`, `why` and `verify`.

    Example: `custodiet demo --scale 0.1`
    """
    from custodiet import bootstrap

    with progress(silent=as_json) as told:
        done = bootstrap.demo(folder, bootstrap.World(scale=scale, seed=seed, days=days), told)
    if as_json:
        print_json(
            "demo/1",
            {
                "folder": folder,
                "vault": done.vault,
                "report": done.report,
                "seconds": done.seconds,
                "totals": [dict(zip(_TOTALS, row, strict=True)) for row in done.totals],
                "findings": len(done.queue.findings),
            },
        )
        return 0
    out = console()
    head = [name.replace("_", " ") for name in _TOTALS]
    out.print(
        table("What came in (received = accepted + duplicate + quarantined)", head, done.totals, right=range(1, 7))
    )
    out.print()
    print_audit(done.audit)
    out.print()
    print_queue(done.queue)
    out.print()
    timed = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in done.seconds.items())
    out.print(f"Sealed: {done.size:,} entries, root {done.root}. {timed}.")
    out.print(f"The report: [bold]{shown(str(done.report))}[/bold]. Open it in a browser.", soft_wrap=True)
    if done.queue.findings:
        first = done.queue.findings[0].finding
        out.print(shown(f"Go on with: custodiet show {done.vault} {first} --purpose lawfulness"), soft_wrap=True)
    return 0
