"""The distribution as it is built and installed, and what its pages say of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import custodiet
from custodiet.cli.shell import app
from custodiet_mining.limits import Limits
from custodiet_mining.schema_graph import LONGEST

MINING = Path(__file__).resolve().parents[1]
README = (MINING / "README.md").read_text("utf-8")
HOW_TO = (MINING.parent / "docs" / "how-to" / "mine-templates.md").read_text("utf-8")
COMMANDS = sorted({line.strip("`: ;,.") for line in re.findall(r"custodiet mine [a-z][^`\n]*", README + HOW_TO)})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the wheel's content, as pip lays it down."""
    out = tmp_path_factory.mktemp("wheel")
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(built, cwd=MINING, check=True, capture_output=True)
    [wheel] = out.glob("custodiet_mining-*.whl")
    zipfile.ZipFile(wheel).extractall(out / "site")
    return out / "site"


def test_the_wheel_holds_the_miner_and_its_queries(site: Path) -> None:
    """And nothing of the core."""
    assert {path.name for path in (site / "custodiet_mining").glob("*.sql")} == {
        path.name for path in (MINING / "src" / "custodiet_mining").glob("*.sql")
    }
    assert not (site / "custodiet").exists()


def test_installed_it_brings_its_command(site: Path) -> None:
    """The core's command line finds it by its entry point, and by nothing else."""
    core = str(Path(custodiet.__file__).parents[1])
    for path, code in ((f"{site}{os.pathsep}{core}", 0), (core, 2)):
        done = subprocess.run(
            [sys.executable, "-m", "custodiet", "mine", "--help"],
            env={**os.environ, "PYTHONPATH": path, "NO_COLOR": "1"},
            cwd=site.parent,  # where the program runs is on its path, too
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert ("Commands" in done.stdout) is (code == 0)


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_on_the_pages_is_one(line: str) -> None:
    """Its words and options are read without an error."""
    import shlex

    words = shlex.split(line.partition(" > ")[0].partition(" 2>")[0])[1:]
    app.parse_args(words, exit_on_error=False, print_error=False)


def test_the_pages_have_commands() -> None:
    """The pattern above finds what it looks for."""
    assert len(COMMANDS) >= 10


def test_the_readme_speaks_of_the_patent_before_it_says_how_to_install() -> None:
    """What is known, that it needs a lawyer, and that the core does without."""
    assert (
        README.index("8,745,085")
        < README.index("lawyer")
        < README.index("neither contains nor needs")
        < README.index("pip install")
    )


@pytest.mark.parametrize(
    "sentence",
    [
        f"Twenty of each actor ({Limits().sampled:,} in all)",
        f"{Limits().after.days} days before and one day after it",
        f"more than {Limits().hub} keys",
        f"more than {Limits().swallowed:.0%} of the misuse-like fakes",
        f"more than {Limits().fanout} people",
        f"fewer than {Limits().support} of the accesses",
        f"ratio is below {Limits().closing:.0f}",
    ],
)
def test_the_numbers_on_the_page_are_those_of_the_code(sentence: str) -> None:
    """Every bound that decides what is proposed is told."""
    assert Limits().per_actor == 20
    assert Limits().longest == LONGEST == 4
    assert sentence in re.sub(r"\s+", " ", README)
