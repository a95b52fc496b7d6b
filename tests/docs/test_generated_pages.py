"""The pages that are made from the code."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from custodiet.cli.shell import app
from custodiet.errors import CustodietError
from custodiet.explain.pack import load, shipped

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def errors_below(kind: type[CustodietError]) -> list[type[CustodietError]]:
    """Return the classes of the tree below a class."""
    return [error for one in kind.__subclasses__() for error in (one, *errors_below(one))]


def commands(group: App, *above: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command, those of a group after the group."""
    for name in sorted(command for command in group if not command.startswith("-")):
        yield (*above, name)
        yield from commands(group[name], *above, name)


def test_the_generated_pages_are_up_to_date() -> None:
    """What stands in the reference of relations and commands is what the code says today."""
    done = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_every_exit_code_is_documented() -> None:
    """Each error of the tree stands in the table of exit codes beside its code."""
    page = (DOCS / "reference" / "exit-codes.md").read_text("utf-8")
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| ")}

    assert [
        error.__name__
        for error in errors_below(CustodietError)
        if error.__module__ == "custodiet.errors" and error.__name__ not in rows.get(str(error.exit_code), "")
    ] == []


def test_every_template_is_in_the_reference() -> None:
    """Each template of the shipped pack stands in the reference under its title."""
    page = (DOCS / "reference" / "templates.md").read_text("utf-8")

    assert [one.id for one in load(shipped()).templates if f"| `{one.id}` | {one.title} |" not in page] == []


def test_every_command_has_an_example_in_its_help() -> None:
    """Each command's page shows how it is called."""
    page = (DOCS / "reference" / "commands.md").read_text("utf-8")
    parts = {part.split("\n", 1)[0]: part for part in page.split("\n## ")[1:]}
    names = [f"custodiet {' '.join(words)}" for words in commands(app)]
    groups = {"custodiet quarantine", "custodiet ledger", "custodiet ledger redact", "custodiet witness"}

    assert [name for name in names if name not in parts] == []
    assert [name for name in names if "Example" not in parts[name] and name not in groups] == []


@pytest.mark.parametrize("page", sorted([*DOCS.rglob("*.md"), ROOT / "README.md"]), ids=lambda path: path.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Each link of a page to a file of the project leads to one that is there."""
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    local = [link for link in links if "://" not in link]

    assert [link for link in local if not (page.parent / link).exists()] == []
