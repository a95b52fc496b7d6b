"""The whole main job on the invented force: seconds, CPU seconds and peak memory of each stage, and what was found.

    python benchmarks/main_job.py [--scale 1.0] [--seed 2016] [--keep FOLDER]

Each stage runs in a process of its own, so that its peak memory is its own. The rival is the same fortnight read and counted
by a plain loop (`csv` and `datetime`), which validates times, seals nothing and explains nothing.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

STAGES = ("simulate", "take_in", "audit", "queue", "report", "verify")


def main() -> None:
    """Run every stage and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--stage", choices=(*STAGES, "rival"))
    chosen = parser.parse_args()
    if chosen.stage:
        print(json.dumps(_stage(chosen.stage, chosen.keep, chosen.scale, chosen.seed)))
        return
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="custodiet-main-job-"))
    rows = [(stage, _measured(stage, folder, chosen)) for stage in (*STAGES, "rival")]
    _print(rows, chosen)
    if not chosen.keep:
        shutil.rmtree(folder)


def _measured(stage: str, folder: Path, chosen: argparse.Namespace) -> dict[str, object]:
    command = [sys.executable, __file__, "--stage", stage, "--keep", str(folder)]
    done = subprocess.run(
        [*command, "--scale", str(chosen.scale), "--seed", str(chosen.seed)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _stage(stage: str, folder: Path, scale: float, seed: int) -> dict[str, object]:
    began = time.monotonic()
    told = _WORK[stage](folder, scale, seed)
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "wall": time.monotonic() - began,
        "cpu": sum(one.ru_utime + one.ru_stime for one in usage),
        "peak": max(one.ru_maxrss for one in usage) / 1024,
        "told": told,
    }


def _simulate(folder: Path, scale: float, seed: int) -> str:
    from custodiet import bootstrap

    made = bootstrap.simulate(folder / "force", bootstrap.World(scale=scale, seed=seed), _silent)
    return f"{made['accesses']:,} accesses, {made['records']:,} records in {made['files']} files"


def _take_in(folder: Path, scale: float, seed: int) -> str:
    from custodiet import bootstrap
    from custodiet.bootstrap.demo import FOUNDING

    bootstrap.init(folder / "vault", FOUNDING, passphrase=None)
    reports = bootstrap.take_in_force(folder / "vault", folder / "force", _silent)
    counts = [report.counts for report in reports]
    return (
        f"{sum(c.received for c in counts):,} received, {sum(c.duplicate for c in counts):,} duplicate,"
        f" {sum(c.quarantined for c in counts)} quarantined"
    )


def _audit(folder: Path, scale: float, seed: int) -> str:
    from custodiet import bootstrap

    done = bootstrap.audit(folder / "vault", as_known=None, told=_silent)
    total = sum(done.states.values())
    return (
        ", ".join(f"{state} {count / total:.1%}" for state, count in done.states.items())
        + f"; {done.findings:,} episodes"
    )


def _queue(folder: Path, scale: float, seed: int) -> str:
    from custodiet import bootstrap

    page = bootstrap.queue(folder / "vault", bootstrap.Look(purpose="lawfulness", reason="benchmark"))
    planted = _planted(folder / "force" / "answers.csv")
    hits = sum((finding.actor, finding.subject) in planted for finding in page.findings)
    return f"{hits} of the first {len(page.findings)} are planted misuse"


def _planted(answers: Path) -> set[tuple[str, str]]:
    """Return actor and subject of each planted case of misuse: the one thing that reads the answers."""
    with answers.with_name("answers_accesses.csv").open(encoding="utf-8", newline="") as file:
        return {(row["actor"], row["subject"]) for row in csv.DictReader(file) if row["label"] == "misuse"}


def _report(folder: Path, scale: float, seed: int) -> str:
    from custodiet import bootstrap

    out = folder / "report.html"
    bootstrap.report(folder / "vault", out, bootstrap.Look(purpose="lawfulness", reason="benchmark"))
    return f"{out.stat().st_size:,} bytes"


def _verify(folder: Path, scale: float, seed: int) -> str:
    from custodiet import bootstrap

    return f"{bootstrap.verify(folder / 'vault', told=_silent).size:,} entries"


def _rival(folder: Path, scale: float, seed: int) -> str:
    """Read the largest source with a plain loop: the least that any script would do."""
    rows = 0
    for path in sorted((folder / "force" / "exports" / "rms").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                try:
                    datetime.strptime(f"{row['Date']} {row['Time']}", "%d/%m/%Y %H:%M:%S")  # noqa: DTZ007 - local, as a script would
                except (KeyError, ValueError, TypeError):
                    continue
                rows += 1
    return f"{rows:,} rows of one source read, nothing kept"


def _silent(stage: str, done: int, total: int | None, /) -> None:
    """Say nothing."""


_WORK = {
    "simulate": _simulate,
    "take_in": _take_in,
    "audit": _audit,
    "queue": _queue,
    "report": _report,
    "verify": _verify,
    "rival": _rival,
}


def _print(rows: list[tuple[str, dict[str, object]]], chosen: argparse.Namespace) -> None:
    print(f"scale {chosen.scale}, seed {chosen.seed}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'stage':<10}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}  what")
    for stage, one in rows:
        print(f"{stage:<10}{one['wall']:>9.1f}{one['cpu']:>9.1f}{one['peak']:>10.0f}  {one['told']}")
    queue = sum(float(str(one["wall"])) for stage, one in rows if stage in ("take_in", "audit", "queue"))
    print(f"ingest to queue: {queue:.1f} s")


if __name__ == "__main__":
    main()
