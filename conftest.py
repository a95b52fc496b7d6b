"""Every example in the README and the manual runs: `console` blocks in a shell, `python` blocks in the interpreter.

All blocks of one page share one folder, in which they run one after another, as a reader would type them. A line
beginning with `$ ` is a command (its heredoc, if any, follows); other lines are what it prints, in order, with `...` for anything.
Each command has a shell of its own; what a page exports stays for the commands after it. A block that needs an extra is skipped where
`missing(package)`, as a comment before it says.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.document import Document
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).resolve().parent
#: Where a client remembers checkpoints: each page has a folder of its own, and nobody's home is touched.
STATE = "CUSTODIET_STATE"

# Vaults in tests and examples are invented; nobody is there to type a passphrase for them.
os.environ["CUSTODIET_PASSPHRASE"] = "only for tests and examples"  # noqa: S105 - it protects nothing
for _elsewhere in ("CUSTODIET_PASSPHRASE_FILE", "CREDENTIALS_DIRECTORY"):
    os.environ.pop(_elsewhere, None)


def _steps(block: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command with the lines it is expected to print."""
    lines = block.splitlines()
    while lines:
        command = lines.pop(0)
        if not command.startswith("$ "):
            msg = f"a console block begins with a command, not with {command!r}"
            raise ValueError(msg)
        text = [command[2:]]
        heredoc = re.search(r"<<'?(\w+)'?", command)
        while heredoc and lines and lines[0] != heredoc.group(1):
            text.append(lines.pop(0))
        if heredoc:
            text.append(lines.pop(0))
        while text[-1].endswith("\\") and lines:
            text.append(lines.pop(0).removeprefix("> "))
        printed = []
        while lines and not lines[0].startswith("$ "):
            printed.append(lines.pop(0))
        yield "\n".join(text), printed


def _pattern(printed: list[str]) -> re.Pattern[str]:
    """Return the pattern of what a command prints: blank lines do not matter, `...` stands for anything."""
    wanted = [line.strip() for line in printed if line.strip()]
    parts = [r".*?".join(re.escape(piece) for piece in re.split(r"\.\.\.", line)) for line in wanted]
    return re.compile(r"[\s\S]*?".join(re.sub(r"(\\ )+", r"\\s+", part) for part in parts))


class Shell:
    """Runs the console blocks of one page in the page's folder."""

    def __call__(self, example: Example) -> str | None:
        """Run the commands of a block; returns what went wrong, or None."""
        exports = example.namespace["exports"]
        for command, printed in _steps(str(example.parsed)):
            if command.startswith("export "):
                exports.append(command)
            done = subprocess.run(
                ["bash", "-e", "-o", "pipefail", "-c", "\n".join([*exports, command])],
                cwd=example.namespace["folder"],
                env=_environment(example.namespace["bin"]),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,  # in the order in which a reader sees them
                text=True,
                check=False,
                timeout=300,
            )
            said = done.stdout
            if done.returncode:
                return f"`{command}` ended with {done.returncode}:\n{said}"
            if printed and not _pattern(printed).search(said):
                return f"`{command}` printed\n{said}\nand not\n" + "\n".join(printed)
        return None


def _environment(programs: str) -> dict[str, str]:
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "110"}


def _setup(namespace: dict[str, object]) -> None:
    holder = tempfile.TemporaryDirectory(prefix="custodiet-docs-")
    folder, programs = Path(holder.name) / "page", Path(holder.name) / "bin"
    folder.mkdir()
    programs.mkdir()
    for name, runs in {"custodiet": "-m custodiet", "python3": ""}.items():
        shim = programs / name
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" {runs} "$@"\n')
        shim.chmod(0o755)
    namespace.update(holder=holder, folder=folder, bin=str(programs), before=Path.cwd(), exports=[])
    namespace["missing"] = lambda package: find_spec(package) is None
    namespace["state"] = os.environ.get(STATE)
    os.environ[STATE] = str(Path(holder.name) / "state")
    os.chdir(folder)


def _teardown(namespace: dict[str, object]) -> None:
    os.chdir(str(namespace["before"]))
    os.environ.pop(STATE)
    if namespace["state"] is not None:
        os.environ[STATE] = str(namespace["state"])
    namespace["holder"].cleanup()  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages come last and whole, their blocks in the order of the page, whatever the order of everything else."""
    blocks = [item for item in items if isinstance(item, SybilItem)]
    others = [item for item in items if not isinstance(item, SybilItem)]
    items[:] = others + sorted(blocks, key=lambda item: (str(item.path), item.example.line))


pytest_collect_file = Sybil(
    parsers=[
        CodeBlockParser(language="console", evaluator=Shell()),
        PythonCodeBlockParser(doctest_optionflags=0),
        SkipParser(),
    ],
    path=str(ROOT),
    patterns=["README.md", "docs/tutorial/*.md", "docs/how-to/*.md", "docs/reference/*.md", "docs/explanation/*.md"],
    setup=_setup,
    teardown=_teardown,
).pytest()
__all__ = ["Document", "pytest_collect_file", "pytest_collection_modifyitems"]
