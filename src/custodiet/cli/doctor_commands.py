"""The command `custodiet doctor`."""

from __future__ import annotations

from cyclopts import App

from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, hanging, print_json, times


def register(app: App) -> None:
    """Add the command."""
    app.command(doctor)


def doctor(vault: VaultFolder, /, *, as_json: Json = False) -> int:
    """Examine a vault: keys, seeds, copies, disk, clock, what waits. Changes nothing and shows no record.

    It opens every sealed seed and a sample of entries: that is what shows that the ledger can still say what it holds. Each thing
    has a line, ok, warn or fail, with its remedy. Ends with 1 where something failed. Run it each night, and before keys are needed.

    Example: `custodiet doctor wessex`
    """
    from custodiet import bootstrap

    checks = bootstrap.doctor(vault)
    counts = {health.value: sum(check.health is health for check in checks) for health in bootstrap.Health}
    if as_json:
        print_json("doctor/1", {"checks": checks, "counts": counts})
        return 1 if counts["fail"] else 0
    out = console()
    for check in checks:
        out.print(hanging(f"{check.name}: {check.found}", under=check.health.value, width=4))
        if check.remedy:
            out.print(hanging(check.remedy, width=4, style="dim"))
    out.print(
        f"{times(len(checks), 'thing', 'things')} looked at: {counts['ok']} ok, {counts['warn']} warnings, {counts['fail']} failed."
    )
    return 1 if counts["fail"] else 0
