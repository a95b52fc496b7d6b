"""How well the shipped templates tell work from chance, on an invented force: a table with the target beside each figure.

    python benchmarks/explanation_quality.py [--scale 1.0] [--seed 7043] [--sample 20000] [--keep FOLDER]

The force is simulated, taken in and audited with the parameters of the shipped pack. The simulator alone knows what caused each
access, so its world is imagined a second time, after the audit, and laid beside the result. Templates were tuned on
seed 2016, so that another seed is taken here.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from custodiet import bootstrap
from custodiet.app.evaluation import Evaluation
from custodiet.bootstrap.demo import FOUNDING
from custodiet.simulator.clock import Clock
from custodiet.simulator.items import CAUSES
from custodiet.simulator.streams import Streams
from custodiet.simulator.wording import worded
from custodiet.simulator.world import imagined

LOOK = bootstrap.Look(purpose="lawfulness", reason="benchmark")
#: What is behind these stands in no export. `misuse` is what was planted.
WITHOUT_RECORD = frozenset({"unrecorded", "prefetch", "namesake", "misuse"})
#: The strength from which an access counts as strongly explained.
STRONGLY = 0.9
TARGETS = {"F1": 0.999, "F2": 0.98, "F3": 0.90}
#: An access as both sides know it: actor, subject as it was used, second of the epoch.
Key = tuple[str, str, int]
_EXPLAINED = """
SELECT a.actor, a.subject_as_used, CAST(floor(epoch(a.occurred_at)) AS BIGINT), s.strength >= $2,
  row_number() OVER (PARTITION BY a.actor, a.subject ORDER BY a.occurred_at, a.access) = 1
FROM read_parquet($1 || '/access.parquet') a JOIN read_parquet($1 || '/access_state.parquet') s USING (access)
"""


@dataclass
class Tally:
    """Accesses of one kind of cause: how many, how many strongly explained, and so for the first of their actor and subject."""

    all: int = 0
    explained: int = 0
    first: int = 0
    first_explained: int = 0

    def add(self, *, explained: bool, first: bool) -> None:
        """Count one access."""
        self.all += 1
        self.explained += explained
        self.first += first
        self.first_explained += first and explained


def main() -> None:
    """Make the force unless it is kept already, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=7043)
    parser.add_argument("--sample", type=int, default=20_000)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    folder, began = chosen.keep or Path(tempfile.mkdtemp(prefix="custodiet-quality-")), time.monotonic()
    _make(folder, chosen.scale, chosen.seed)
    found = bootstrap.evaluate(folder / "vault", LOOK, bootstrap.Measuring(sample=chosen.sample))
    run = folder / "vault" / "derived" / found.population.run.name
    tallies, unknown = _tallies(run, _causes(chosen.scale, chosen.seed))
    print(f"scale {chosen.scale}, seed {chosen.seed}, {os.cpu_count()} cores, {time.monotonic() - began:.0f} s")
    for line in (*_coverage(tallies, unknown), *_precision(found), *_planted(run, folder / "force")):
        print(line)
    if not chosen.keep:
        shutil.rmtree(folder)


def _make(folder: Path, scale: float, seed: int) -> None:
    if not (folder / "force").exists():
        bootstrap.simulate(folder / "force", bootstrap.World(scale=scale, seed=seed), _silent)
    if not (folder / "vault").exists():
        bootstrap.init(folder / "vault", FOUNDING, passphrase=None)
        bootstrap.take_in_force(folder / "vault", folder / "force", _silent)
    bootstrap.audit(folder / "vault", as_known=None, told=_silent)


def _causes(scale: float, seed: int) -> dict[Key, str]:
    """Return the cause of each access, from the world that the seed makes."""
    fortnight = bootstrap.World(scale=scale, seed=seed)
    world = imagined(Streams(seed), scale, Clock.of(fortnight.start, fortnight.days), lambda _done: None)
    words, accesses = worded(world.scene, world.book), world.accesses
    actors = [str(words.collars[n]) for n in accesses.staff.tolist()]
    subjects = [str(one) for one in words.subject(accesses.subject)]
    # the exports say seconds, or milliseconds, of UTC
    seconds = [_second(text) for text in words.stamps.zulu(accesses.at)]
    causes = (CAUSES[n] for n in accesses.cause.tolist())
    return dict(zip(zip(actors, subjects, seconds, strict=True), causes, strict=True))


def _second(stamp: object) -> int:
    return int(datetime.fromisoformat(str(stamp)).timestamp() // 1)


def _explained(run: Path) -> Iterator[tuple[Key, bool, bool]]:
    for actor, subject, second, explained, first in duckdb.execute(_EXPLAINED, [str(run), STRONGLY]).fetchall():
        yield (actor, subject, second), bool(explained), first


def _tallies(run: Path, causes: dict[Key, str]) -> tuple[dict[str, Tally], int]:
    """Return a tally for each cause, and of how many accesses the world does not know the cause."""
    tallies, unknown = {cause: Tally() for cause in CAUSES}, 0
    for key, explained, first in _explained(run):
        cause = causes.get(key)
        if cause is None:
            unknown += 1
        else:
            tallies[cause].add(explained=explained, first=first)
    return tallies, unknown


def _coverage(tallies: dict[str, Tally], unknown: int) -> Iterator[str]:
    recorded = [tally for cause, tally in tallies.items() if cause not in WITHOUT_RECORD]
    total = sum(tally.all for tally in tallies.values())
    yield f"{'figure':<58}{'found':>9}{'target':>9}"
    yield _row("cause recorded: all, explained strongly", _share(recorded, "explained", "all"), ">=", 0.95)
    yield _row("cause recorded: first, explained strongly", _share(recorded, "first_explained", "first"), ">=", 0.85)
    for cause, tally in tallies.items():
        yield _row(f"  cause {cause}: {tally.all:,} accesses", _share([tally], "explained", "all"))
    without = [tallies[cause] for cause in WITHOUT_RECORD]
    yield _row("share of accesses whose cause no record says", sum(one.all for one in without) / total)
    yield _row("  of these explained strongly all the same", _share(without, "explained", "all"))
    yield f"  accesses not found in the imagined world, left out: {unknown:,}"


def _share(tallies: list[Tally], part: str, whole: str) -> float:
    total = sum(getattr(tally, whole) for tally in tallies)
    return sum(getattr(tally, part) for tally in tallies) / total if total else float("nan")


def _precision(found: Evaluation) -> Iterator[str]:
    for one in found.families:
        name = f"precision, {one.family} {one.title}"
        yield _row(name, one.precision.value, ">=", TARGETS.get(one.family))


def _planted(run: Path, force: Path) -> Iterator[str]:
    """Say how much of the planted misuse is explained strongly: all of it, and what a tie to the subject is behind."""
    with (force / "answers_accesses.csv").open(encoding="utf-8", newline="") as file:
        planted = {_key(row): row["case"] for row in csv.DictReader(file) if row["label"] == "misuse"}
    with (force / "answers.csv").open(encoding="utf-8", newline="") as file:
        patterns = {row["case"]: row["pattern"] for row in csv.DictReader(file)}
    asked, swallowed = Counter[str](), Counter[str]()
    for key, explained, _first in _explained(run):
        if key in planted:
            asked[patterns[planted[key]]] += 1
            swallowed[patterns[planted[key]]] += explained
    yield _row(f"planted misuse swallowed: {swallowed.total()} of {asked.total()}", _part(swallowed, asked), "<=", 0.01)
    yield "  swallowed by pattern: " + (", ".join(f"{p} {n}" for p, n in sorted((+swallowed).items())) or "none")


def _part(some: Counter[str], whole: Counter[str]) -> float:
    return some.total() / whole.total() if whole else float("nan")


def _key(row: dict[str, str]) -> Key:
    return row["actor"], row["subject"], _second(row["occurred_at"])


def _row(name: str, value: float, sense: str = "", target: float | None = None) -> str:
    if target is None:
        return f"{name:<58}{value:>9.2%}"
    met = value >= target if sense == ">=" else value <= target
    return f"{name:<58}{value:>9.2%}{sense + f' {target:.1%}':>9}  {'met' if met else 'MISSED'}"


def _silent(stage: str, done: int, total: int | None, /) -> None:
    """Say nothing."""


if __name__ == "__main__":
    main()
