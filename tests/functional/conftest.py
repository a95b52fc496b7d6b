"""One small invented force for all functional tests of a run: simulated, taken in and audited once."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from custodiet import bootstrap

#: A week of some 450 people; enough for a queue, little enough to be made in seconds.
WORLD = bootstrap.World(scale=0.02, seed=2016, days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """The exports of an invented force, and a vault that took them in and was audited."""

    exports: Path
    vault: Path


@pytest.fixture(scope="session")
def made_force(tmp_path_factory: pytest.TempPathFactory) -> Force:
    """Return the force that all tests share; nobody changes it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "functional-force"
    shared.mkdir(exist_ok=True)
    force = Force(exports=shared / "force", vault=shared / "vault")
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "whole").exists():
            _make(force)
            (shared / "whole").touch()
    return force


def _make(force: Force) -> None:
    bootstrap.simulate(force.exports, WORLD, _unheard)
    bootstrap.init(force.vault, bootstrap.Founding(organisation="wessexvale.example", name="tests", invented=True))
    bootstrap.take_in_force(force.vault, force.exports, _unheard)
    bootstrap.audit(force.vault)


def _unheard(stage: str, done: int, total: int | None) -> None:
    """Nobody is told."""


@pytest.fixture
def vault(made_force: Force, tmp_path: Path) -> Path:
    """Return a copy of the force's vault, to look into and to change."""
    return Path(shutil.copytree(made_force.vault, tmp_path / "vault"))


@pytest.fixture
def exports(made_force: Force) -> Path:
    """Return the folder of the force's exports; nobody changes it."""
    return made_force.exports


@pytest.fixture(autouse=True)
def _no_purpose_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A purpose in the environment of who runs the tests says nothing in them."""
    monkeypatch.delenv("CUSTODIET_PURPOSE", raising=False)
