"""Puts this folder on the path, so that every test can say `from support.drawn_force import ...`.

A client remembers the last checkpoint that it saw of a log. Each test is a client of its own, with a folder of its own
that is not made before something is remembered: vaults are copied in tests, and a copy may go another way than its twin.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from pathlib import Path

import pytest

_STATES = Path(tempfile.mkdtemp(prefix="custodiet-state-"))
atexit.register(shutil.rmtree, _STATES, ignore_errors=True)
_NUMBERS = itertools.count()
os.environ["CUSTODIET_STATE"] = str(_STATES / "shared")  # of fixtures that outlive a test


@pytest.fixture(autouse=True)
def state_folder(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which this test's client remembers checkpoints."""
    folder = _STATES / str(next(_NUMBERS))
    monkeypatch.setenv("CUSTODIET_STATE", str(folder))
    return folder
