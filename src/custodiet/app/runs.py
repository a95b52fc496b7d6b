"""Runs: the derived relations of one audit, kept in a folder named for what they are a function of."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from custodiet.errors import BadInput
from custodiet.model.provenance import Provenance

_LATEST = "latest"
_RECORD = "run.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One audit that was made: its name, what it is a function of, and the digest of each relation's bytes."""

    name: str
    provenance: Provenance
    relations: Mapping[str, str]

    def body(self) -> dict[str, object]:
        """Return the open fields of the `run/1` entry; nothing in it is personal."""
        return {"run": self.name, "provenance": asdict(self.provenance), "relations": dict(self.relations)}


def run_name(provenance: Provenance) -> str:
    """Return the run's name: equal provenance gives equal names, so a run is made once."""
    text = json.dumps(asdict(provenance), sort_keys=True)
    return f"R-{provenance.ledger_size}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The runs of a vault, each in a folder of its own; half a run is never seen."""

    folder: Path

    def path(self, name: str) -> Path:
        """Return the folder of a run."""
        return self.folder / name

    def made(self, provenance: Provenance) -> Run | None:
        """Return the run of this provenance, or None where none was made or its files are not as they were written."""
        run = self._read(run_name(provenance))
        return run if run is not None and _digests(self.path(run.name)) == run.relations else None

    def make(self, provenance: Provenance, derive: Callable[[Path], None]) -> Run:
        """Return the run whose relations `derive` wrote; it appears under its name only when it is whole."""
        name = run_name(provenance)
        building = self.folder / f".{name}.building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        derive(building)
        run = Run(name=name, provenance=provenance, relations=_digests(building))
        (building / _RECORD).write_text(json.dumps(run.body(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        shutil.rmtree(self.path(name), ignore_errors=True)
        building.rename(self.path(name))
        return run

    def point_to(self, run: Run) -> None:
        """The queue is now read from this run."""
        new = self.folder / f".{_LATEST}"
        new.write_text(run.name + "\n", encoding="utf-8")
        new.replace(self.folder / _LATEST)

    def latest(self) -> Run:
        """Return the run that the queue is read from; raises BadInput where there is none, or not as it was written."""
        pointer = self.folder / _LATEST
        run = self._read(pointer.read_text(encoding="utf-8").strip()) if pointer.exists() else None
        if run is None:
            msg = "no audit was made in this vault yet; `custodiet audit` makes one"
            raise BadInput(msg)
        if _digests(self.path(run.name)) != run.relations:
            msg = f"the files of the audit {run.name} are not as they were written; `custodiet audit` makes them again"
            raise BadInput(msg)
        return run

    def _read(self, name: str) -> Run | None:
        record = self.path(name) / _RECORD
        if not record.exists():
            return None
        try:
            body = json.loads(record.read_text(encoding="utf-8"))
            return Run(name=body["run"], provenance=Provenance(**body["provenance"]), relations=body["relations"])
        except (ValueError, KeyError, TypeError):  # a record that cannot be read is none: the run is made again
            return None


def _digests(folder: Path) -> dict[str, str]:
    return {path.stem: _digest(path) for path in sorted(folder.glob("*.parquet"))}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
