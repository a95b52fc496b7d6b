"""One small invented force for all tests of a run that want one: simulated, taken in and audited once."""

from __future__ import annotations

import fcntl
import os
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


def shared_force(factory: pytest.TempPathFactory) -> Force:
    """Return the force that all tests of this run share, whatever process they run in; nobody changes it."""
    base = factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "small-force"
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
