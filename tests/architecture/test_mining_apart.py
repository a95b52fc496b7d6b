"""The miner is a distribution apart: the core neither contains nor needs it."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from cyclopts import App

from custodiet.cli import extensions

ROOT = Path(__file__).resolve().parents[2]
MINER = "custodiet_mining"


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Give the names of all files in the core's wheel, built as a release is."""
    out = tmp_path_factory.mktemp("wheel")
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(built, cwd=ROOT, check=True, capture_output=True)
    [wheel] = out.glob("*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_no_module_of_the_core_imports_the_miner() -> None:
    """Not even inside a function."""
    for module in (ROOT / "src" / "custodiet").rglob("*.py"):
        tree = ast.parse(module.read_text("utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {name for name in names if name.partition(".")[0] == MINER} == set(), module


def test_the_cores_wheel_does_not_hold_the_miner(core: list[str]) -> None:
    """Whoever must do without it gets a wheel without it."""
    assert any(name == "custodiet/cli/extensions.py" for name in core)
    assert [name for name in core if "mining" in name] == []


def test_the_core_does_not_depend_on_the_miner_and_the_miner_has_its_version() -> None:
    """The dependency goes one way, and both are released together."""
    core = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    miner = tomllib.loads((ROOT / "mining" / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*core["dependencies"], *(one for extra in core["optional-dependencies"].values() for one in extra)]
    assert [one for one in wanted if miner["name"] in one] == []
    assert miner["version"] == core["version"]
    assert miner["dependencies"] == [f"custodiet=={core['version']}"]
    assert miner["license"] == core["license"]
    assert (ROOT / "mining" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_without_it_the_command_says_where_it_is_to_be_had() -> None:
    """The sentence names the distribution and the patent; other words are none of its business."""
    said = extensions.absent(App(), ["mine", "vault"])
    assert said is not None
    assert "custodiet-mining" in said
    assert "patent" in said
    assert extensions.absent(App(), ["mind"]) is None
    assert extensions.absent(App(), []) is None


def test_no_distribution_replaces_a_command_of_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is taken stays what it is; a free one is added."""

    class Point:
        def __init__(self, name: str) -> None:
            self.name, self.value = name, f"nowhere:{name}"

    monkeypatch.setattr(extensions, "entry_points", lambda group: [Point("verify"), Point("extra")])
    app = App()
    app.command(lambda: 7, name="verify")
    extensions.register(app)
    assert "extra" in set(app)
    assert app("verify", result_action="return_value") == 7
