"""The command as a person or a program runs it: in this process, or in one of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custodiet.cli.shell import run
from custodiet.ledger.journal import line, read

#: What a look is for, in tests that ask about something else.
LAWFUL = ("--purpose", "lawfulness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def body(self) -> dict[str, Any]:
        """Return the JSON object on standard output; nothing else may stand there."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def said(*words: object) -> Said:
    """Return what the command says, run in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(word) for word in words])
    return Said(code=code, out=out.getvalue(), err=err.getvalue())


def started(*words: object, **more: Any) -> subprocess.Popen[str]:
    """Return the command running in a process of its own, with pipes."""
    environment = {name: value for name, value in os.environ.items() if name != "CUSTODIET_PURPOSE"}
    return subprocess.Popen(
        [sys.executable, "-m", "custodiet", *(str(word) for word in words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, **more.pop("env", {})},
        **more,
    )


def piped(*words: object, **more: Any) -> Said:
    """Return what the command says into pipes, run in a process of its own."""
    process = started(*words, **more)
    out, err = process.communicate(timeout=300)
    return Said(code=process.returncode, out=out, err=err)


def journal_files(vault: Path) -> list[Path]:
    """Return the files of the journal whose records no writer has entered yet, in order."""
    folder = vault / "ledger" / "journal"
    return sorted(path for path in folder.glob("*.*") if path.suffix in {".journal", ".closed"})


def looks_waiting(vault: Path) -> list[dict[str, Any]]:
    """Return the looks in the journal that are not in the ledger yet."""
    told = [read(path.stem, path.read_bytes()) for path in journal_files(vault)]
    return [json.loads(line(record)) for each in told for record in each.records]
