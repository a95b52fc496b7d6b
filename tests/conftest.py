"""Puts this folder on the path, so that every test can say `from support.drawn_force import ...`.

A client remembers the last checkpoint that it saw of a log. Each test is a client of its own, with a folder of its own
that is not made before something is remembered: vaults are copied in tests, and a copy may go another way than its twin.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path

import pytest

_STATES = tempfile.TemporaryDirectory(prefix="custodiet-state-")
_NUMBERS = itertools.count()
os.environ["CUSTODIET_STATE"] = str(Path(_STATES.name) / "shared")  # of fixtures that outlive a test


@pytest.fixture(autouse=True)
def state_folder(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which this test's client remembers checkpoints."""
    folder = Path(_STATES.name) / str(next(_NUMBERS))
    monkeypatch.setenv("CUSTODIET_STATE", str(folder))
    return folder
