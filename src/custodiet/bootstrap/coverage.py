"""The coverage map of a vault's latest audit, over the real engine."""

from __future__ import annotations

from pathlib import Path

from custodiet.app import audits
from custodiet.app.coverage import coverage_map
from custodiet.app.permissions import Look
from custodiet.app.runs import Runs
from custodiet.bootstrap.desks import desk_in
from custodiet.bootstrap.judging import judging
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.engines.analysis import reopened
from custodiet.errors import UsageError
from custodiet.report.coverage_map import By, CoverageMap


def coverage(folder: Path, look: Look, *, by: str = By.SYSTEM.value, month: str | None = None) -> CoverageMap:
    """Return which accesses have context and which have none, by system, action, unit, month, kind of fact or template.

    The look is recorded first: units may be small, and what is not covered is worth knowing to whoever wants to hide.
    """
    if by not in {one.value for one in By}:
        msg = f"--by is one of {', '.join(one.value for one in By)}, not {by}"
        raise UsageError(msg)
    desk = desk_in(folder)
    desk.looks("coverage", None, look)
    runs = Runs.of(desk.vault)
    run = audits.latest(VaultLedger(desk.vault), runs)
    pack = judging(desk.vault.settings().pack).pack
    with reopened(runs.path(run.name), desk.vault.scratch) as session:
        return coverage_map(session, run, pack, by=By(by), month=month)
