"""Makes this distribution known to the core's command line as an installed one is: by its entry point.

Vaults in tests are invented, and each test is a client of its own that remembers checkpoints in a folder of its own.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

MINING = Path(__file__).resolve().parents[1]
_PLACE = Path(tempfile.mkdtemp(prefix="custodiet-mining-"))
atexit.register(shutil.rmtree, _PLACE, ignore_errors=True)
_NUMBERS = itertools.count()

os.environ["CUSTODIET_PASSPHRASE"] = "only for tests and examples"
os.environ["CUSTODIET_STATE"] = str(_PLACE / "state")
for _elsewhere in ("CUSTODIET_PASSPHRASE_FILE", "CREDENTIALS_DIRECTORY", "CUSTODIET_PURPOSE"):
    os.environ.pop(_elsewhere, None)


def _installed() -> None:
    """Lay down what pip lays down beside an installed package, and put it on the path."""
    project = tomllib.loads((MINING / "pyproject.toml").read_text("utf-8"))["project"]
    about = _PLACE / "site" / f"custodiet_mining-{project['version']}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    lines = [
        f"[{group}]\n" + "".join(f"{n} = {v}\n" for n, v in points.items())
        for group, points in project["entry-points"].items()
    ]
    (about / "entry_points.txt").write_text("\n".join(lines))
    sys.path.insert(0, str(about.parent))


_installed()


@pytest.fixture(autouse=True)
def state_folder(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which this test's client remembers checkpoints."""
    folder = _PLACE / str(next(_NUMBERS))
    monkeypatch.setenv("CUSTODIET_STATE", str(folder))
    return folder
