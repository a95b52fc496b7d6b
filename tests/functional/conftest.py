"""A vault of its own for each functional test, copied from one that was made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.small_force import Force, shared_force


@pytest.fixture(scope="session")
def made_force(tmp_path_factory: pytest.TempPathFactory) -> Force:
    """Return the force that all tests share; nobody changes it."""
    return shared_force(tmp_path_factory)


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
