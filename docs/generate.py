"""Write the pages that are made from the code, or with `--check` tell which are out of date.

`python docs/generate.py [--check]`
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cyclopts import App

from custodiet.relations.catalogue import RELATIONS
from custodiet.relations.kinds import KINDS
from custodiet.relations.relation import Relation
from custodiet.relations.stored import ACCESS, ACCESS_GROUPS, FACT, FACT_GROUPS

REFERENCE = Path(__file__).resolve().parent / "reference"
MADE = "<!-- made by docs/generate.py: do not edit -->"


def relations_page() -> str:
    """Return the page of every relation: what a row means, and its columns."""
    stored = ((ACCESS, ACCESS_GROUPS), (FACT, FACT_GROUPS))
    lines = [
        MADE,
        "# Relations",
        "",
        "What the stages read and write. Instants are UTC microseconds; every interval is half-open, `[from, to)`.",
        "",
        "## Stored in the ledger",
        "",
    ]
    for relation, groups in stored:
        lines += _relation(relation, {name: group for group, names in groups.items() for name in names})
    lines += ["## Kinds of context fact", "", "A mapping file `yields` one of these, or `access`.", ""]
    for kind in KINDS:
        lines += [
            f"### {kind.name}",
            "",
            f"One row: {kind.row}.",
            "",
            "| field | required | meaning |",
            "|---|---|---|",
        ]
        lines += [f"| `{field.name}` | {'yes' if field.required else ''} | {field.meaning} |" for field in kind.fields]
        lines += [""]
    lines += [
        "Besides these, every kind has `valid_from`, `valid_to`, `recorded_at` and `recorded_by`; its relation also has `fact`",
        "(the ledger index) and `source`.",
        "",
        "## Derived",
        "",
    ]
    names = {kind.name for kind in KINDS}
    for relation in RELATIONS.values():
        if relation.name not in names:
            lines += _relation(relation, {})
    return "\n".join(lines)


def _relation(relation: Relation, groups: dict[str, str]) -> Iterator[str]:
    yield from (f"### {relation.name}", "", f"One row: {relation.row}.", "")
    head = "| column | type | meaning |" + (" disclosure group |" if groups else "")
    yield from (head, "|---|---|---|" + ("---|" if groups else ""))
    for column in relation.columns:
        group = f" {groups.get(column.name, 'beside the entry')} |" if groups else ""
        yield f"| `{column.name}` | {column.type.value} | {column.meaning} |{group}"
    yield ""


def commands_page() -> str:
    """Return the page of every command with its help, as it is printed."""
    from custodiet.cli.shell import app

    lines = [MADE, "# Commands", "", "```text", _help(), "```", ""]
    for words in _commands(app):
        lines += [f"## custodiet {' '.join(words)}", "", "```text", _help(*words), "```", ""]
    return "\n".join(lines)


def _commands(app: App, *above: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command, those of a group after the group."""
    for name in sorted(command for command in app if not command.startswith("-")):
        yield (*above, name)
        yield from _commands(app[name], *above, name)


def _help(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "custodiet", *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={
            "COLUMNS": "110",
            "NO_COLOR": "1",
            "TERM": "dumb",
            "PATH": "",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        },
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


PAGES = {"relations.md": relations_page, "commands.md": commands_page}


def main() -> int:
    """Write the pages, or return 1 where one is out of date."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, page in PAGES.items():
        path, text = REFERENCE / name, page().rstrip() + "\n"
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, "utf-8")
    if check and stale:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run python docs/generate.py\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
