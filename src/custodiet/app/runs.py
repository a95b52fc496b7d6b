"""Runs: the derived relations of one audit, kept in a folder named for what they are a function of."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from custodiet.app.digest_keys import DigestKeys, digest_under
from custodiet.app.unfinished_erasure import sync_folder
from custodiet.app.vault import Vault
from custodiet.errors import BadInput
from custodiet.model.provenance import Provenance

_LATEST = "latest"
_RECORD = "run.json"
_NAME = re.compile(r"R-([0-9]+)-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One audit that was made: its name, what it is a function of, and the keyed digest of each relation's bytes."""

    name: str
    provenance: Provenance
    relations: Mapping[str, str]

    def body(self) -> dict[str, object]:
        """Return the open fields of the `run/1` entry; nothing in it is personal."""
        return {"run": self.name, "provenance": self.provenance.fields(), "relations": dict(self.relations)}


def run_name(provenance: Provenance) -> str:
    """Return the run's name: equal provenance gives equal names, so a run is made once."""
    text = json.dumps(provenance.fields(), sort_keys=True)
    return f"R-{provenance.ledger_size}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The runs of a vault, each in a folder of its own; half a run is never seen."""

    folder: Path
    keys: DigestKeys

    @classmethod
    def of(cls, vault: Vault) -> Runs:
        """Return the runs of the vault."""
        return cls(folder=vault.derived, keys=DigestKeys(vault.digest_keys))

    def path(self, name: str) -> Path:
        """Return the folder of a run."""
        return self.folder / name

    def made(self, provenance: Provenance) -> Run | None:
        """Return the run of this provenance, or None where none was made or its files are not as they were written."""
        run = self._read(run_name(provenance))
        return run if run is not None and self._digests(run.name) == run.relations else None

    def before(self, provenance: Provenance) -> Run | None:
        """Return the largest run of a smaller ledger by the same packs and code whose files are as they were written."""
        names = (
            [path.name for path in self.folder.iterdir() if _NAME.fullmatch(path.name)] if self.folder.is_dir() else []
        )
        earlier = [
            run
            for run in map(self._read, names)
            if run is not None
            and (run.provenance.packs, run.provenance.code) == (provenance.packs, provenance.code)
            and run.provenance.ledger_size < provenance.ledger_size
        ]
        last = max(earlier, key=lambda run: run.provenance.ledger_size, default=None)
        return last if last is not None and self._digests(last.name) == last.relations else None

    def is_comparable(self, name: str) -> bool:
        """Tell whether the run's digests can be compared with those that the ledger has: their key is still there."""
        return self.keys.held(name) is not None

    def is_there(self, name: str) -> bool:
        """Tell whether the run of that name has its files, whatever is in them."""
        return self._read(name) is not None

    def is_as_written(
        self, name: str, entered: Sequence[Mapping[str, str]], only: Collection[str] | None = None
    ) -> bool:
        """Tell whether the run's files (`only` of these relations) have digests with which it was entered."""
        key = self.keys.held(name)
        if key is None:
            return False
        found = _digests(self.path(name), key, only)
        wanted = [{one: digest for one, digest in each.items() if only is None or one in only} for each in entered]
        return bool(found) and found in wanted

    def differing(self, run: Run, other: str, entered: Mapping[str, str]) -> list[str] | None:
        """Return the relations of which a run's bytes are not those with which another run was entered; None without its key."""
        key = self.keys.held(other)
        if key is None:
            return None
        found = _digests(self.path(run.name), key)
        return sorted(name for name in {*found, *entered} if found.get(name) != entered.get(name))

    def make(self, provenance: Provenance, derive: Callable[[Path], None]) -> Run:
        """Return the run whose relations `derive` wrote; it appears under its name only when it is whole."""
        name = run_name(provenance)
        building = self.folder / f".{name}.building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        derive(building)
        key = self.keys.held(name) or self.keys.new(name)
        run = Run(name=name, provenance=provenance, relations=_digests(building, key))
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
            msg = "there is no audit in this vault: none was made, or an erasure took it away; `custodiet audit` makes one"
            raise BadInput(msg)
        if self._digests(run.name) != run.relations:
            msg = f"the files of the audit {run.name} are not as they were written; `custodiet audit` makes them again"
            raise BadInput(msg)
        return run

    def forget_from(self, index: int) -> None:
        """No run is left that rests on the entry at that index, nor half a run, nor what its digests could be made again with."""
        if self.folder.is_dir():
            for path in [each for each in self.folder.iterdir() if each.is_dir() and _rests_on(each.name, index)]:
                shutil.rmtree(path)
            pointer = self.folder / _LATEST
            if pointer.exists() and self._read(pointer.read_text(encoding="utf-8").strip()) is None:
                pointer.unlink()
            sync_folder(self.folder)
        for name in self.keys.names():
            if name.startswith("R-") and _rests_on(name, index):
                self.keys.destroy(name)

    def _digests(self, name: str) -> dict[str, str] | None:
        key = self.keys.held(name)
        return None if key is None else _digests(self.path(name), key)

    def _read(self, name: str) -> Run | None:
        record = self.path(name) / _RECORD
        if not record.exists():
            return None
        try:
            body = json.loads(record.read_text(encoding="utf-8"))
            return Run(name=body["run"], provenance=Provenance(**body["provenance"]), relations=body["relations"])
        except (ValueError, KeyError, TypeError):  # a record that cannot be read is none: the run is made again
            return None


def _rests_on(name: str, index: int) -> bool:
    """Tell whether the run of that name knew the entry; what is no finished run is taken to."""
    found = _NAME.fullmatch(name)
    return found is None or int(found[1]) > index


def _digests(folder: Path, key: bytes, only: Collection[str] | None = None) -> dict[str, str]:
    paths = (path for path in sorted(folder.glob("*.parquet")) if only is None or path.stem in only)
    return {path.stem: _digest(path, key) for path in paths}


def _digest(path: Path, key: bytes) -> str:
    return digest_under(key, lambda: path.open("rb"))[0]
