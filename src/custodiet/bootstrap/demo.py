"""The invented force: making its exports, and carrying them through the whole main job."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from custodiet.app.audits import Audit
from custodiet.app.findings import QueuePage
from custodiet.app.intake import DeliveryReport
from custodiet.app.permissions import Look
from custodiet.app.ports import Told
from custodiet.app.vault import Vault
from custodiet.bootstrap import audits
from custodiet.bootstrap.intake import Source, take_in_all
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.vaults import Founding, init
from custodiet.errors import BadInput
from custodiet.model.looks import Purpose
from custodiet.simulator import force

FOUNDING = Founding(
    organisation="wessexvale.example", name="demo", title="Wessex Vale Police (invented)", invented=True
)
_LOOK = Look(purpose=Purpose.LAWFULNESS.value, reason="demonstration on invented data")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What an invented force is made to."""

    scale: float = 1.0
    seed: int = 2016
    days: int = 14
    start: date = date(2026, 3, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What the demo made and found."""

    vault: Path
    report: Path
    totals: Sequence[tuple[object, ...]]  # source, files, received, accepted, duplicate, quarantined, not audit
    audit: Audit
    queue: QueuePage
    size: int
    root: str
    seconds: Mapping[str, float]


def simulate(folder: Path, world: World, told: Told) -> dict[str, int]:
    """Make the force's exports in the folder; returns how much of what was made."""
    made = force.simulate(folder, scale=world.scale, seed=world.seed, days=world.days, start=world.start, progress=told)
    return {
        "files": made.files,
        "records": made.records,
        "accesses": made.accesses,
        "staff": made.staff,
        "cases": made.cases,
    }


def demo(folder: Path, world: World, told: Told) -> Demonstration:
    """Make an invented force, take in all its exports, audit, and write the report; everything lies in the folder."""
    if folder.exists():
        msg = f"{folder} exists already; name another folder, or remove it first"
        raise BadInput(msg)
    stages = _Stages()
    exports, vault, report = folder / "force", folder / "vault", folder / "report.html"
    with stages.timed("simulate"):
        simulate(exports, world, told)
    init(vault, FOUNDING, passphrase=None)  # everything in it is made up
    with stages.timed("take in and seal"):
        reports = take_in_force(vault, exports, told)
    with stages.timed("explain and rank"):
        audit = audits.audit(vault, as_known=None, told=told)
    with stages.timed("queue"):
        queue = audits.queue(vault, _LOOK)
    with stages.timed("report"):
        audits.report(vault, report, _LOOK)
    snapshot = VaultLedger(Vault(vault)).read()
    return Demonstration(
        vault=vault,
        report=report,
        totals=_totals(reports),
        audit=audit,
        queue=queue,
        size=snapshot.size,
        root=snapshot.root_at(snapshot.size).hex(),
        seconds=stages.seconds,
    )


def take_in_force(vault: Path, exports: Path, told: Told) -> list[DeliveryReport]:
    """Take in everything that a force's manifest lists, in its order and in one commit."""
    manifest = tomllib.loads((exports / "manifest.toml").read_text(encoding="utf-8"))
    deliveries = [
        (file, Source(mapping=str(exports / line["mapping"])))
        for line in manifest["delivery"]
        for file in sorted(exports.glob(line["files"]))
    ]
    reports = take_in_all(vault, deliveries, told)
    received = sum(report.counts.received for report in reports)
    told("take in", received, received)
    return reports


class _Stages:
    """The wall-clock seconds of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[stage] = time.monotonic() - began


def _totals(reports: Sequence[DeliveryReport]) -> list[tuple[object, ...]]:
    """Return the sums of each source; records of different files are disjoint, so they may be added."""
    sums: dict[str, list[int]] = {}
    for report in reports:
        counts = report.counts
        row = sums.setdefault(report.record.source, [0] * 6)
        new = (1, counts.received, counts.accepted, counts.duplicate, counts.quarantined, counts.not_audit)
        row[:] = [old + one for old, one in zip(row, new, strict=True)]
    return [(source, *sums[source]) for source in sums]
